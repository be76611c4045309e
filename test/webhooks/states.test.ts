import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextState } from '../../src/webhooks/delivery-states.ts'

const now = new Date('2024-01-05T10:00:00Z')
const delay = (attempt: number, retryAfterMs?: number, random = 0.5) => {
  const outcome = { kind: 'failed' as const, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  const { nextAt } = nextState(attempt, outcome, now, random)
  return nextAt === null ? undefined : nextAt.getTime() - now.getTime()
}

describe('the retry schedule', () => {
  test('5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h; then exhausted', () => {
    const hours = (n: number) => n * 3_600_000
    const expected = [5000, 300_000, 1_800_000, ...[2, 5, 10, 14, 20, 24].map(hours)]
    expect(expected.map((_, index) => delay(index + 1))).toEqual(expected)
    expect(nextState(10, { kind: 'failed' }, now, 0.5)).toEqual({ status: 'exhausted', nextAt: null })
  })

  test('each within a fifth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const due = delay(attempt)!
          expect(Math.abs(delay(attempt, undefined, random)! - due)).toBeLessThanOrEqual(0.2 * due + 1)
        },
      ),
    )
  })

  test('Retry-After is honoured, up to twice the delay due', () => {
    expect(delay(1, 7000)).toBe(7000)
    expect(delay(1, 60_000)).toBe(10_000)
    expect(delay(2, 1000)).toBe(300_000)
  })

  test('what is accepted is delivered; what is gone is to be tried again, unless its endpoint is disabled', () => {
    expect(nextState(1, { kind: 'accepted' }, now, 0)).toEqual({ status: 'delivered', nextAt: null })
    expect(nextState(1, { kind: 'gone' }, now, 0).status).toBe('retry')
  })
})
