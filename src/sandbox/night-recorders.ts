import type { DataType } from '../samples/types/sample-types.ts'
import type { Life } from './live-day.ts'
import { courseAt, hashOf, randomOf } from './random.ts'
import type { Recorded, Recorder } from './recorders.ts'
import type { Device } from './sources.ts'

type LivedNight = Life['nights'][number]

/** What is measured while somebody sleeps. Devices tell of a night when it is over. */
export const nightSamplers = {
  sleep: (life, device) =>
    life.nights.flatMap((night) => {
      const stages = scored(night, life.person.seed, device)
      return device.name === 'Apple Watch' ? [{ start: night.bed, end: night.end, kind: 'in_bed' }, ...stages] : stages
    }),
  resting_bpm: (life, device) =>
    life.nights.map(({ end, wellness }) => {
      const off = randomOf(life.person.seed, device.name, 'resting', end).between(-1.2, 1.2)
      return { start: end, value: Math.round(wellness.restingBpm + off), unit: 'count/min' }
    }),
  hrv_rmssd: overnight(
    'ms',
    5,
    1,
    0.06,
    ({ wellness }, at, hash) => wellness.hrvMs * (1 + 0.22 * courseAt(hash, at, 26)),
  ),
  hrv_sdnn: overnight(
    'ms',
    60,
    1,
    0.06,
    ({ wellness }, at, hash) => wellness.hrvMs * 1.25 * (1 + 0.2 * courseAt(hash, at, 60)),
  ),
  spo2: overnight(
    '%',
    20,
    1,
    0.004,
    ({ wellness }, at, hash) => 96.8 - (wellness.isSick ? 1.2 : 0) + 1.3 * courseAt(hash, at, 33),
  ),
  respiratory_rate: overnight(
    'count/min',
    10,
    1,
    0.02,
    ({ wellness }, at, hash) => wellness.breathsPerMinute + 0.9 * courseAt(hash, at, 28),
  ),
  skin_temperature: overnight('degC', 15, 2, 0.005, ({ wellness, start }, at, hash) => {
    // A ring or band is cool when its wearer gets into bed.
    const warming = 1.6 * Math.exp(-(at - start) / 35)
    return wellness.skinCelsius - warming + 0.25 * courseAt(hash, at, 50)
  }),
} satisfies Partial<Record<DataType, Recorder>>

/** A night as a device makes it out: each is off by other minutes, and notices later or sooner that somebody sleeps. */
function scored({ bed, start, end, stages }: LivedNight, seed: string, device: Device): Recorded[] {
  const random = randomOf(seed, device.name, 'scoring', start)
  const last = end - Math.round(random.between(0, 4))
  const begins: number[] = []
  for (const stage of stages) {
    const about = stage.start + Math.round(random.normal(0, 1.8))
    begins.push(Math.max(about, begins.length === 0 ? bed : begins.at(-1)! + 1))
  }
  return stages
    .map(({ kind }, i) => ({ start: begins[i]!, end: Math.min(last, begins[i + 1] ?? last), kind }))
    .filter((stage) => stage.start < stage.end)
}

/** `error`: how far off a device's values may be, as a share. */
function overnight(
  unit: string,
  every: number,
  digits: number,
  error: number,
  measure: (night: LivedNight, at: number, hash: number) => number,
): Recorder {
  return (life, device) => {
    const hash = hashOf(`${life.person.seed} ${unit}`)
    const calibration = 1 + error * randomOf(life.person.seed, device.name, unit, 'calibration').between(-1, 1)
    return life.nights.flatMap((night) => {
      const samples: Recorded[] = []
      for (let at = night.start + every; at < night.end; at += every) {
        const noise = randomOf(device.name, unit, at).between(-0.5, 0.5) * 10 ** -digits
        const value = Math.min(measure(night, at, hash) * calibration + noise, unit === '%' ? 100 : Infinity)
        samples.push({ start: at, value: Math.round(value * 10 ** digits) / 10 ** digits, unit })
      }
      return samples
    })
  }
}
