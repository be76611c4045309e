import { z } from 'zod'
import { isZone } from '../zones.ts'

/** Text that Postgres can store: bounded, without NUL and without halves of a character. */
export const text = (maxLength: number, minLength = 1) =>
  z
    .string()
    .min(minLength)
    .max(maxLength)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'has characters that cannot be stored')

/** A number of a query or a path. Digits alone are one: not `0x1`, `1e2` or ` 1 `. */
export const wholeNumber = (min: number, max: number) =>
  z.preprocess(
    (given) => (typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given),
    z.number(`must be a whole number from ${min} to ${max}`).int().min(min).max(max),
  )

/** `YYYY-MM-DD`, a day that exists, of the years of which samples are taken. */
export const DateOnly = z.iso
  .date()
  .refine((date) => date >= '1970-01-01' && date <= '2099-12-31', 'must be from 1970 to 2099')

export const ZoneName = z
  .string()
  .max(64)
  .refine(isZone, 'is not a zone of the IANA database')
  .describe('A zone of the IANA database, such as America/Los_Angeles.')

/** An instant: ISO 8601 with an offset or Z. */
export const Instant = z.iso.datetime({ offset: true }).transform((instant) => new Date(instant))

/** A user's id; malformed ones are refused before the database is asked. */
export const UserId = z.uuid().describe("The user's id, as POST /user answered it.")

export const UserIdParams = z.strictObject({ userId: UserId })

export const Message = z.object({ message: z.string() }).meta({ id: 'Message' })

/** The house envelope of errors. */
const errorOf = (details: z.ZodType) =>
  z.object({ error: z.object({ code: z.string(), message: z.string(), details: details.optional() }) })

const BrokenRule = z.object({ field: z.string(), reason: z.string() })
export const HouseError = errorOf(BrokenRule).meta({ id: 'Error' })

/** Of batches, where `index` is the place of the element that breaks the rule. */
export const BatchError = errorOf(z.array(BrokenRule.extend({ index: z.number().optional() }))).meta({
  id: 'BatchError',
})

export const DevicesError = z
  .object({ status: z.number(), name: z.string(), title: z.string(), detail: z.string() })
  .meta({ id: 'DevicesError' })

export const OAuthError = z.object({ error: z.string(), error_description: z.string() }).meta({ id: 'OAuthError' })

/** Declares the errors of a route for the OpenAPI document. */
export const errorsOf = <Schema extends z.ZodType>(schema: Schema, ...statuses: number[]): Record<number, Schema> =>
  Object.fromEntries(statuses.map((status) => [status, schema]))
