import type { ProviderBatch, ProviderSample } from '../providers/provider.ts'
import { type Life, liveDay } from './live-day.ts'
import { personOf } from './person.ts'
import { randomOf } from './random.ts'
import { type Recorded, recorders } from './recorders.ts'
import { type Device, sources } from './sources.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const MOST_SAMPLES = 1000

/**
 * What the devices of a provider recorded on a UTC day (`2026-01-31`) of the life that belongs to `seed`: always the
 * same, whatever the provider the same life, and nothing that ends after `until`. What an earlier `until` gave stays as
 * it was. A batch has 1 to 1000 samples of a type, all of which begin on the day.
 */
export function generateSandboxDay(seed: string, provider: string, day: string, until: Date): ProviderBatch[] {
  const start = Date.parse(`${day}T00:00:00Z`)
  if (start > until.getTime()) return []
  const life = liveDay(personOf(seed), start / DAY_MS)
  return (sources[provider] ?? []).flatMap((device) => watch(life, device, until.getTime() / MINUTE_MS))
}

function watch(life: Life, device: Device, until: number): ProviderBatch[] {
  const isWorn = wearing(life, device)
  return device.types.flatMap((dataType) => {
    const samples = (recorders[dataType]?.(life, device) ?? [])
      .filter((recorded) => recorded.start >= life.start && recorded.start < life.end)
      .filter((recorded) => knownAt(life, dataType, recorded) <= until && isWorn(recorded.start))
      .map((recorded) => toSample(device, recorded))
    const batches: ProviderBatch[] = []
    for (let i = 0; i < samples.length; i += MOST_SAMPLES) {
      batches.push({ dataType, samples: samples.slice(i, i + MOST_SAMPLES) })
    }
    return batches
  })
}

/** A stage of sleep is known once the sleeper is up, for only then is the night scored. */
function knownAt(life: Life, dataType: string, { start, end = start }: Recorded): number {
  if (dataType !== 'sleep') return end
  return life.nights.find((night) => start >= night.bed && start < night.end)?.end ?? end
}

/** Some days a battery is empty for a few hours; scales and the like have none of that. */
function wearing(life: Life, device: Device): (at: number) => boolean {
  if (device.kind === 'other' || device.kind === 'phone') return () => true
  const random = randomOf(life.person.seed, device.name, 'battery', life.start)
  if (!random.chance(0.07)) return () => true
  const from = life.start + random.between(0, 1200)
  const to = from + random.between(60, 260)
  return (at) => at < from || at >= to
}

function toSample(device: Device, { start, end, ...measured }: Recorded): ProviderSample {
  const at = (minute: number) => new Date(Math.round(minute * MINUTE_MS)).toISOString()
  return {
    device_name: device.name,
    ...(device.version === undefined ? {} : { device_version: device.version }),
    device_type: device.kind,
    start_date: at(start),
    ...(end === undefined ? {} : { end_date: at(end) }),
    ...measured,
  }
}
