import { describe, expect, test } from 'vitest'
import { encodeUsers } from '../../src/webhooks/encode-message.ts'

const meta = { messageId: 'm', when: '2024-01-05T00:00:00.000Z', type: 'devices.health-data' }
const metadata = { date: '2024-01-05', source: 'apple' }
const samples = (count: number) => Array.from({ length: count }, () => ({ time: 't'.repeat(24), value: 60 }))
const workouts = (count: number) => Array.from({ length: count }, () => ({ metadata, name: 'n'.repeat(200) }))

/** What a message about these elements comes to: the user in it, and how long it is. */
function told(elements: object[]): { user: any; length: number } {
  const body = encodeUsers('devices', meta, [{ userId: 'u', activity: elements, biometrics: [] }])
  return { user: JSON.parse(body.toString()).users[0], length: body.length }
}

describe('a message over 256 kB', () => {
  test('of which it is not says so by leaving nothing out', () => {
    const element = { metadata, summary: { biometrics: { heart_rate: { avg_bpm: 60, samples_bpm: samples(5) } } } }
    expect(told([element]).user).toEqual({ userId: 'u', activity: [element], biometrics: [] })
  })

  test('loses its raw samples first, whatever they are called', () => {
    const { user, length } = told([
      {
        metadata,
        summary: { biometrics: { heart_rate: { avg_bpm: 60, samples_bpm: samples(4000) } } },
        weight_samples_kg: samples(4000),
        blood_pressure: { systolic_mm_Hg: { samples: samples(4000) } },
        activity_logs: workouts(3),
      },
    ])
    expect(length).toBeLessThan(256 * 1024)
    expect(user).toEqual({
      userId: 'u',
      activity: [
        {
          metadata,
          summary: { biometrics: { heart_rate: { avg_bpm: 60 } } },
          blood_pressure: { systolic_mm_Hg: {} },
          activity_logs: workouts(3),
        },
      ],
      biometrics: [],
      truncated: true,
    })
  })

  test('then its workouts, and at last all but which days changed', () => {
    const day = { metadata, summary: { movement: { steps_count: 5 } }, activity_logs: workouts(2000) }
    expect(told([day]).user.activity).toEqual([{ metadata, summary: { movement: { steps_count: 5 } } }])
    const large = { metadata, summary: { movement: { steps_count: 5, name: 'x'.repeat(10_000) } } }
    const { user, length } = told(Array.from({ length: 60 }, () => large))
    expect(length).toBeLessThan(256 * 1024)
    expect(user.activity).toEqual(Array.from({ length: 60 }, () => ({ metadata })))
    expect(user.truncated).toBe(true)
  })
})
