import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toJson } from '../../src/webhooks/to-json.ts'

test('writes what JSON.stringify writes, lists that are there several times included', () => {
  const list = fc.array(fc.jsonValue(), { minLength: 0, maxLength: 40 })
  const any = fc.tuple(list, list, fc.dictionary(fc.string(), fc.jsonValue()))
  fc.assert(
    fc.property(any, ([one, other, rest]) => {
      const body = { ...rest, a: one, b: [other, { c: one, d: [one] }], e: { one, other }, text: '"$&" $1' }
      expect(toJson(body)).toBe(JSON.stringify(body))
    }),
  )
})
