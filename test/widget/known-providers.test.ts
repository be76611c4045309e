import { expect, test } from 'vitest'
import { providers } from '../../src/providers/providers.ts'
import { contrast, parseHex } from '../../widget/src/color.ts'
import { knownProviders } from '../../widget/src/known-providers.ts'

test('the widget draws and names every provider as the server does', () => {
  const ours = Object.entries(knownProviders).map(([name, { label }]) => ({ name, label }))
  expect(ours).toEqual(providers.map(({ name, label }) => ({ name, label })))
})

test.each(Object.entries(knownProviders))('the sign of %s can be made out', (_name, { color }) => {
  expect(contrast([255, 255, 255], parseHex(color)!)).toBeGreaterThanOrEqual(4.5)
})
