import { z } from 'zod'
import { text } from '../../http/schemas.ts'
import { Gender } from '../people/person.ts'

const Bound = z.number().min(-1000).max(1000).optional()
const Age = z.string().regex(/^\d{1,3}$/, 'must be an age in whole years')

/** `value` is what `shouldBeEqual` compares with; the other two have what they compare with themselves. */
const ofEquality = { shouldBeEqual: z.boolean().optional(), value: text(100).optional() }
const OfAge = z.strictObject({
  property: z.literal('age'),
  ...ofEquality,
  value: Age.optional(),
  shouldBeGreaterThan: Bound,
  shouldBeLessThan: Bound,
})
const OfGender = z.strictObject({ property: z.literal('gender'), ...ofEquality, value: Gender.optional() })

/** What must hold of a patient for a question to be asked: all of it. */
export const Requirement = z
  .discriminatedUnion('property', [OfAge, OfGender])
  .check(({ value: requirement, issues }) => {
    const { shouldBeEqual, value } = requirement
    const refuse = (field: string, message: string) =>
      issues.push({ code: 'custom', path: [field], message, input: requirement })
    if (shouldBeEqual !== undefined && value === undefined) refuse('value', 'is required with shouldBeEqual')
    if (shouldBeEqual === undefined && value !== undefined) refuse('shouldBeEqual', 'is required with value')
    if (Object.keys(requirement).length === 1) refuse('property', 'is compared with nothing')
  })
type Requirement = z.infer<typeof Requirement>

/** What requirements come to, in the columns of a definition. */
export function columnsOfRequirements(requirements: Requirement[]): Record<string, unknown> {
  const ages = requirements.filter((each) => each.property === 'age')
  const equal = ages.flatMap(({ shouldBeEqual, value }) => (shouldBeEqual === true ? [Number(value)] : []))
  const above = ages.flatMap(({ shouldBeGreaterThan: bound }) => (bound === undefined ? [] : [Math.floor(bound) + 1]))
  const below = ages.flatMap(({ shouldBeLessThan: bound }) => (bound === undefined ? [] : [Math.ceil(bound) - 1]))
  const [lowest, highest] = [
    [...equal, ...above],
    [...equal, ...below],
  ]
  return {
    min_age: lowest.length === 0 ? null : Math.max(...lowest),
    max_age: highest.length === 0 ? null : Math.min(...highest),
    excluded_ages: ages.flatMap(({ shouldBeEqual, value }) => (shouldBeEqual === false ? [Number(value)] : [])),
    genders: [...Gender.options, 'unknown'].filter((gender) =>
      requirements.every((each) => each.property === 'age' || isGender(gender, each)),
    ),
  }
}

/** Of whom nothing is known, nothing that is required holds. */
const isGender = (gender: string, { shouldBeEqual, value }: Requirement) =>
  gender !== 'unknown' && (gender === value) === shouldBeEqual

/** Whole years, by the day that it is in UTC; null of whom nothing is known. */
const age = `date_part('year', age((now() at time zone 'UTC')::date::timestamp, u.birth_date::timestamp))`

/** Whether a patient `u` is asked by a definition `d`. */
export const isAsked = `
  (d.min_age is null or ${age} >= d.min_age) and (d.max_age is null or ${age} <= d.max_age)
  and (d.excluded_ages = '{}' or ${age} <> all(d.excluded_ages)) and coalesce(u.gender, 'unknown') = any(d.genders)`
