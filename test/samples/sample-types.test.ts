import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { convert } from '../../src/samples/batch-schemas.ts'
import type { SampleType } from '../../src/samples/types/sample-type.ts'
import { sampleTypes } from '../../src/samples/types/sample-types.ts'
import { ActivityLog, shapes } from '../../src/summaries/shapes.ts'

const types: readonly SampleType[] = sampleTypes

/** Whether a path of members ends at a number or a list of samples. */
function endsAtAValue(schema: z.ZodType, [member, ...rest]: string[]): boolean {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema
  if (member === undefined) return inner instanceof z.ZodNumber || inner instanceof z.ZodArray
  if (!(inner instanceof z.ZodObject)) return false
  const next = inner.shape[member] as z.ZodType | undefined
  return next !== undefined && endsAtAValue(next, rest)
}

/** LOINC's check digit: Luhn's, over the number before the dash. */
function checkDigitOf(digits: string): number {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
      return total + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
  return (10 - (sum % 10)) % 10
}

describe('the declarations of sample types', () => {
  test('are one file each, and all in the list', () => {
    const folder = new URL('../../src/samples/types/', import.meta.url)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/sample-types?\.ts$/.test(name))
      .filter((name) => readFileSync(new URL(name, folder), 'utf8').includes('satisfies SampleType'))
    expect(files).toHaveLength(types.length)
    for (const property of ['name'] as const) {
      expect(new Set(types.map((type) => type[property])).size).toBe(types.length)
    }
  })

  test('no two answer the same member, nor have the same code of HealthKit', () => {
    const paths = types.flatMap(({ answers }) => Object.keys(answers))
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
    const identifiers = types.flatMap(({ healthKit }) => healthKit ?? [])
    expect(identifiers.filter((name, index) => identifiers.indexOf(name) !== index)).toEqual([])
  })

  test.each(types.map((type) => [type.name, type] as const))('%s', (_, type) => {
    const { kind, unit, units, bounds, kinds, loinc, answers } = type
    expect(bounds.length).toBeGreaterThan(10)
    if (kind === 'interval') {
      expect([unit, units, answers]).toEqual([null, {}, {}])
      expect(new Set(Object.values(kinds ?? {})).size).toBe(Object.keys(kinds ?? {}).length)
    } else {
      expect(units[unit!]).toMatchObject({ factor: 1 })
      const { min = 0, max } = units[unit!]!
      expect(min).toBeLessThan(max)
      // Every unit takes the same range, but for the rounding of the bounds that it is written with.
      for (const other of Object.values(units)) {
        expect(convert(other.max, other) / max).toBeGreaterThan(0.99)
        expect(convert(other.max, other) / max).toBeLessThan(1.01)
      }
    }
    if (loinc !== null) expect(loinc).toBe(`${loinc.split('-')[0]}-${checkDigitOf(loinc.split('-')[0]!)}`)
    for (const [path, statistic] of Object.entries(answers)) {
      const [shape, ...members] = path.split('.')
      const schema = shape === 'workout' ? ActivityLog : shapes[shape as keyof typeof shapes]
      expect([path, endsAtAValue(schema, members)]).toEqual([path, true])
      expect([path, statistic === 'total']).toEqual([path, kind === 'cumulative'])
    }
  })
})
