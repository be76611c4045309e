/** What a device is, as far as merging cares: in the order in which devices are believed by default. */
export const deviceKinds = ['watch', 'band', 'ring', 'phone', 'other'] as const
export type DeviceKind = (typeof deviceKinds)[number]

/**
 * Totals that a platform has merged over its devices already. They are kept apart from what devices recorded, and never
 * added to it.
 */
export const mergedKinds = ['merged_hourly', 'merged_daily'] as const
export type MergedKind = (typeof mergedKinds)[number]

/** The names that such totals are kept under. No device may have them: its samples would be taken for totals. */
export const mergedNames = { merged_hourly: 'HealthKit by the hour', merged_daily: 'HealthKit by the day' } as const
const reserved = new Set<string>(Object.values(mergedNames))
/** What a provider that tells no more of a day than what it came to is kept under, beside its device. */
export const dailyNameOf = (device: string): string => `${device} by the day`
export const isReservedName = (name: string): boolean => reserved.has(name) || name.endsWith(dailyNameOf(''))

/** Names as devices give themselves; the first pattern that fits says what it is. */
const patterns: [RegExp, DeviceKind][] = [
  [/watch|versa|sense|ionic|forerunner|fenix|vivoactive|venu|instinct|scanwatch|amazfit gt/i, 'watch'],
  [/band|fitbit|charge|inspire|luxe|vivosmart|vivofit|whoop|tracker/i, 'band'],
  [/\bring\b|oura/i, 'ring'],
  [/phone|pixel|galaxy|android|xperia|oneplus|\bSM-|\bipod/i, 'phone'],
]

/** A guess from the device's name, such as `Apple Watch`; `other` where the name says nothing. */
export const guessDeviceKind = (name: string): DeviceKind =>
  patterns.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
