import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openInstantWriter } from '../../src/samples/write-instant.ts'

const instant = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) })

test('writes what Date writes, whatever was written before', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          instant,
          fc.integer({ min: -2, max: 2 }).map((near) => near + 86_400_000),
        ),
      ),
      (all) => {
        const write = openInstantWriter()
        expect(all.map(write)).toEqual(all.map((ms) => new Date(ms).toISOString()))
      },
    ),
  )
})
