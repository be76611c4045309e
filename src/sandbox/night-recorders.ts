import type { DataType } from '../samples/types/sample-types.ts'
import type { Life } from './live-day.ts'
import { courseAt, hashOf, randomOf } from './random.ts'
import type { Recorded, Recorder } from './recorders.ts'

type LivedNight = Life['nights'][number]

/** What is measured while somebody sleeps. Devices tell of a night when it is over. */
export const nightSamplers = {
  sleep: (life, device) =>
    life.nights.flatMap((night) => {
      const stages: Recorded[] = night.stages.map(({ kind, start, end }) => ({ start, end, kind }))
      return device.name === 'Apple Watch' ? [{ start: night.bed, end: night.end, kind: 'in_bed' }, ...stages] : stages
    }),
  resting_bpm: (life) =>
    life.nights.map(({ end, wellness }) => ({ start: end, value: Math.round(wellness.restingBpm), unit: 'count/min' })),
  hrv_rmssd: overnight('ms', 5, 1, ({ wellness }, at, hash) => wellness.hrvMs * (1 + 0.22 * courseAt(hash, at, 26))),
  hrv_sdnn: overnight(
    'ms',
    60,
    1,
    ({ wellness }, at, hash) => wellness.hrvMs * 1.25 * (1 + 0.2 * courseAt(hash, at, 60)),
  ),
  spo2: overnight('%', 20, 1, ({ wellness }, at, hash) =>
    Math.min(100, 96.8 - (wellness.isSick ? 1.2 : 0) + 1.3 * courseAt(hash, at, 33)),
  ),
  respiratory_rate: overnight(
    'count/min',
    10,
    1,
    ({ wellness }, at, hash) => wellness.breathsPerMinute + 0.9 * courseAt(hash, at, 28),
  ),
  skin_temperature: overnight('degC', 15, 2, ({ wellness, start }, at, hash) => {
    // A ring or band is cool when its wearer gets into bed.
    const warming = 1.6 * Math.exp(-(at - start) / 35)
    return wellness.skinCelsius - warming + 0.25 * courseAt(hash, at, 50)
  }),
} satisfies Partial<Record<DataType, Recorder>>

function overnight(
  unit: string,
  every: number,
  digits: number,
  measure: (night: LivedNight, at: number, hash: number) => number,
): Recorder {
  return (life, device) => {
    const hash = hashOf(`${life.person.seed} ${unit}`)
    return life.nights.flatMap((night) => {
      const samples: Recorded[] = []
      for (let at = night.start + every; at < night.end; at += every) {
        const value = measure(night, at, hash) + randomOf(device.name, unit, at).between(-0.5, 0.5) * 10 ** -digits
        samples.push({ start: at, value: Math.round(value * 10 ** digits) / 10 ** digits, unit })
      }
      return samples
    })
  }
}
