import type { ProviderBatch, ProviderSample } from '../provider.ts'
import { isWithin, measure, stretch, type Window } from './samples.ts'
import type { DailySpo2, HeartRate, Series, Sleep } from './schemas.ts'

const phases = new Map([
  ['1', 'deep'],
  ['2', 'light'],
  ['3', 'rem'],
  ['4', 'awake'],
])
/** Of a night as a whole there is no time: its last half minute is of the night, and of the day it ends on. */
const LAST_MS = 30_000

type Bed = Window & { sleep: Sleep }

/** Sleeps, without those that were deleted, and rests that Oura took for sleep at first. */
export function findBeds(sleeps: Sleep[]): Bed[] {
  return sleeps
    .filter(({ type }) => type !== 'deleted' && type !== 'rest')
    .map((sleep) => ({ sleep, from: Date.parse(sleep.bedtime_start), to: Date.parse(sleep.bedtime_end) }))
}

/**
 * Stages, heart rates, variabilities (Oura's are RMSSD), and what there is one of in a night. Of a sleep that `heartRates`
 * tell of, the series that it has itself are the same again; rings of the second generation, and people who do not allow
 * heart rates, have only these.
 */
export function mapSleep(beds: Bed[], spo2: DailySpo2[], heartRates: HeartRate[], day: Window): ProviderBatch[] {
  const isMeasured = (bed: Bed) => heartRates.some(({ timestamp }) => isWithin(Date.parse(timestamp), bed))
  const whole = (bed: Bed, value: number | null | undefined, unit: string) => measure(bed.to - LAST_MS, value, unit)
  const nights = beds.filter(({ sleep }) => sleep.type === 'long_sleep')
  const saturationOf = (date: string) => spo2.find((each) => each.day === date)?.spo2_percentage?.average
  const batches: ProviderBatch[] = [
    { dataType: 'sleep', samples: beds.flatMap(stagesOf) },
    {
      dataType: 'bpm',
      samples: [
        ...heartRates.flatMap(({ timestamp, bpm }) => measure(Date.parse(timestamp), bpm, 'count/min')),
        ...beds.filter((bed) => !isMeasured(bed)).flatMap(({ sleep }) => unfold(sleep.heart_rate, 'count/min')),
      ],
    },
    { dataType: 'hrv_rmssd', samples: beds.flatMap(({ sleep }) => unfold(sleep.hrv, 'ms')) },
    { dataType: 'resting_bpm', samples: nights.flatMap((bed) => whole(bed, bed.sleep.lowest_heart_rate, 'count/min')) },
    {
      dataType: 'respiratory_rate',
      samples: nights.flatMap((bed) => whole(bed, bed.sleep.average_breath, 'count/min')),
    },
    { dataType: 'spo2', samples: nights.flatMap((bed) => whole(bed, saturationOf(bed.sleep.day), '%')) },
  ]
  return batches.map(({ dataType, samples }) => ({
    dataType,
    samples: samples.filter(({ start_date }) => isWithin(Date.parse(start_date), day)),
  }))
}

/** Lying in bed, and within it the stretches of each stage: by half minutes where Oura tells them, else by 5 minutes. */
function stagesOf({ sleep, from, to }: Bed): ProviderSample[] {
  const fine = sleep.sleep_phase_30_sec ?? ''
  const [stages, epochMs] = fine === '' ? [sleep.sleep_phase_5_min ?? '', 300_000] : [fine, 30_000]
  const at = (epoch: number) => Math.min(from + epoch * epochMs, to)
  return [
    ...stretch(from, to, 'in_bed'),
    ...[...stages.matchAll(/(.)\1*/g)].flatMap(({ 0: run, 1: phase, index }) => {
      const kind = phases.get(phase!)
      return kind === undefined ? [] : stretch(at(index), at(index + run.length), kind)
    }),
  ]
}

function unfold(series: Series | null | undefined, unit: string): ProviderSample[] {
  if (series === undefined || series === null) return []
  const from = Date.parse(series.timestamp)
  return series.items.flatMap((value, index) => measure(from + index * series.interval * 1000, value, unit))
}
