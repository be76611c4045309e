import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrast, parseHex, standOut, textOn, toHex } from '../../widget/src/color.ts'

const channel = fc.integer({ min: 0, max: 255 })
const color = fc.tuple(channel, channel, channel)
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

test('contrast is the ratio of WCAG', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
  expect(contrast([255, 255, 255], [255, 255, 255])).toBe(1)
  // The well-known lightest gray that passes on white.
  expect(contrast(parseHex('#767676')!, [255, 255, 255])).toBeCloseTo(4.54, 2)
})

test('black or white can be read on every color', () => {
  fc.assert(fc.property(color, (background) => contrast(textOn(background), background) >= 4.5))
})

test('every color can be made to stand out, and one that does is left as it is', () => {
  fc.assert(
    fc.property(color, color, fc.constantFrom(3, 4.5), (any, background, ratio) => {
      const made = standOut(any, background, ratio)
      expect(contrast(made, background)).toBeGreaterThanOrEqual(ratio)
      if (contrast(any, background) >= ratio) expect(made).toEqual(any)
    }),
  )
})

test('hex is read and written', () => {
  fc.assert(fc.property(color, (any) => isSame(parseHex(toHex(any)), any)))
  for (const text of ['', 'red', '#12345', '#1234567', '123456', '#12345g']) expect(parseHex(text)).toBeUndefined()
})
