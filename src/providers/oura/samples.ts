import type { ProviderSample } from '../provider.ts'

/** As samples are stored; Oura does not tell which ring measured what. */
const ring = { device_name: 'Oura Ring', device_type: 'ring' } as const

/** From `from` to before `to`, in ms since 1970. */
export type Window = { from: number; to: number }

export const isWithin = (at: number, { from, to }: Window): boolean => at >= from && at < to

/** At an instant; nothing where there is no value: null, and the 0 that no living body has. */
export function measure(at: number, value: number | null | undefined, unit: string): ProviderSample[] {
  return value === undefined || value === null || value <= 0 ? [] : [{ ...ring, start_date: isoOf(at), value, unit }]
}

/** Of some kind from `from` to `to`; nothing where it took no time. */
export function stretch(from: number, to: number, kind: string): ProviderSample[] {
  return to > from ? [{ ...ring, start_date: isoOf(from), end_date: isoOf(to), kind }] : []
}

/** Told of a stretch as a whole. */
export const measureOver = (from: number, to: number, value: number | null | undefined, unit: string) =>
  measure(from, value, unit).map((sample) => ({ ...sample, end_date: isoOf(to) }))

/** What the person's day came to, at an instant that is within it. */
export const total = (at: number, value: number, unit: string): ProviderSample[] =>
  value > 0 ? [{ device_name: ring.device_name, start_date: isoOf(at), value, unit }] : []

const isoOf = (ms: number) => new Date(ms).toISOString()
