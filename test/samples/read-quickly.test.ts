import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, readBatch, readGoodBatch } from '../../src/samples/read-batch.ts'
import { readInstant } from '../../src/samples/read-instant.ts'

/** What the general reader makes of a text; undefined where it refuses it. */
function judge(text: string, version: 'v1.1' | 'v2'): Batch | undefined {
  try {
    return readBatch({ json: JSON.parse(text) }, false, version)
  } catch {
    return undefined
  }
}

const quick = (text: string, version: 'v1.1' | 'v2'): Batch | undefined => {
  const read = readGoodBatch(text, version)
  return read === undefined ? undefined : readBatch(read, false, version)
}

const close = <Value>(value: fc.Arbitrary<Value>, rare: fc.Arbitrary<any>) =>
  fc.oneof({ weight: 300, arbitrary: value }, { weight: 1, arbitrary: rare as fc.Arbitrary<Value> })
const instant = fc
  .record({
    ms: fc.integer({ min: Date.parse('1969-12-25'), max: Date.parse('2100-01-05') }),
    form: close<string>(
      fc.constantFrom('Z', '+00:00', '-08:00', '+14:00', 'seconds'),
      fc.constantFrom('micro', 'none', 'space', 'lower', '24:00'),
    ),
  })
  .map(({ ms, form }) => {
    const text = new Date(ms).toISOString()
    if (form === 'seconds') return text.replace(/\.\d+/, '')
    if (form === 'micro') return text.replace('Z', '123Z')
    if (form === 'none') return text.slice(0, -1)
    if (form === 'space') return text.replace('T', ' ')
    if (form === 'lower') return text.toLowerCase()
    if (form === '24:00') return text.replace(/T\d\d/, 'T24')
    return text.replace('Z', form)
  })

const odd = fc.constantFrom<unknown>(
  null,
  '',
  5,
  -1,
  0,
  'x',
  {},
  [],
  true,
  '2024-02-30T00:00:00Z',
  'a"b',
  'é',
  '\u0000',
)

/** Batches of few devices and forms, mostly good: a single oddity anywhere is what the quick reader has to notice. */
const batch = fc
  .record({
    type: fc.constantFrom('steps', 'bpm', 'weight', 'sleep'),
    indent: fc.constantFrom(undefined, 1, '\t'),
    samples: fc.array(
      fc.record(
        {
          device_name: close(fc.constantFrom('iPhone', 'Ada’s Watch'), odd),
          device_version: close(fc.constantFrom('1.0', '2'), odd),
          device_type: close(fc.constant(undefined), fc.constantFrom('watch', 5)),
          start_date: close(instant, odd),
          end_date: close(instant, odd),
          value: close(fc.oneof(fc.integer({ min: 1, max: 250 }), fc.double({ min: 0.1, max: 200, noNaN: true })), odd),
          unit: close(fc.constant(undefined), fc.constantFrom('count', 'count/min', 'count/s', 'kg', 5)),
          kind: fc.constantFrom('deep', 'rem'),
          more: odd,
        },
        { requiredKeys: ['device_name', 'start_date'] },
      ),
      { maxLength: 8 },
    ),
    hasEnd: fc.constantFrom('exact', 'none', 'any'),
  })
  .map(({ type, samples, indent, hasEnd }) => {
    const data = samples.map(({ more: _, kind, ...sample }) => {
      const { value, unit, ...rest } = sample
      const start = rest.start_date
      const own =
        hasEnd === 'any'
          ? rest
          : { ...rest, end_date: hasEnd === 'exact' && typeof start === 'string' ? start : undefined }
      const units: Record<string, string> = { steps: 'count', bpm: 'count/min', weight: 'kg' }
      return type === 'sleep' ? { ...own, kind } : { ...own, value: value ?? 5, unit: unit ?? units[type] }
    })
    return JSON.stringify({ data_type: type, data }, null, indent)
  })

describe('the quick reader', () => {
  test('says nothing, or what the general reader says', () => {
    let agreed = 0
    fc.assert(
      fc.property(batch, fc.constantFrom('v1.1' as const, 'v2' as const), (text, version) => {
        const read = quick(text, version)
        if (read === undefined) return
        agreed++
        expect(read).toEqual(judge(text, version))
      }),
      { numRuns: 5000 },
    )
    // Enough of them were good, or this proves nothing.
    expect(agreed).toBeGreaterThan(200)
  })

  test('notices any byte that is changed, left out or put in', () => {
    const good = JSON.stringify({
      data_type: 'steps',
      data: [0, 1, 2].map((minute) => ({
        device_name: 'iPhone',
        start_date: `2024-01-05T10:0${minute}:00.000Z`,
        end_date: `2024-01-05T10:0${minute}:30+00:00`,
        value: 10 + minute,
        unit: 'count',
      })),
    })
    expect(quick(good, 'v1.1')).toEqual(judge(good, 'v1.1'))
    const byte = fc.constantFrom(...'0179.,:"{}[]\\ -+TZea\n\u0000é'.split(''))
    fc.assert(
      fc.property(fc.nat(good.length), byte, fc.constantFrom(0, 1), (at, put, removed) => {
        const text = good.slice(0, at) + put + good.slice(at + removed)
        const read = quick(text, 'v1.1')
        if (read !== undefined) expect([text, read]).toEqual([text, judge(text, 'v1.1')])
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    ['as JSON.stringify writes it', undefined],
    ['indented', 2],
  ])('takes what apps send, %s, of several devices', (_, indent) => {
    const data = Array.from({ length: 1000 }, (_value, index) => ({
      device_name: index % 3 === 0 ? 'Ada’s Watch' : 'iPhone',
      device_version: '10.1',
      start_date: new Date(Date.UTC(2024, 0, 5) + index * 60_000).toISOString(),
      end_date: new Date(Date.UTC(2024, 0, 5) + index * 60_000 + 30_000).toISOString(),
      value: index % 5 === 0 ? 1.5 : index + 1,
      unit: 'count',
    }))
    const text = JSON.stringify({ data_type: 'steps', data }, null, indent)
    expect(quick(text, 'v1.1')).toEqual(judge(text, 'v1.1'))
    expect(quick(text, 'v1.1')?.samples).toHaveLength(1000)
  })
})

test('readInstant reads what Date.parse reads', () => {
  fc.assert(
    fc.property(instant, (text) => {
      const read = readInstant(`"${text}"`, 1)
      if (read !== undefined) expect(read).toEqual({ ms: Date.parse(text), end: text.length + 1 })
    }),
    { numRuns: 5000 },
  )
  expect(readInstant('2024-02-29T23:59:59.999-08:00', 0)?.ms).toBe(Date.parse('2024-02-29T23:59:59.999-08:00'))
  for (const bad of ['2023-02-29T00:00:00Z', '2024-13-01T00:00:00Z', '2024-04-31T00:00:00Z', '2024-01-01T00:60:00Z']) {
    expect([bad, readInstant(bad, 0)]).toEqual([bad, undefined])
  }
})
