/** A UTC day as the number of days since 1970-01-01: what sample days are computed with. */
export type EpochDay = number

export const DAY_MS = 86_400_000

export const epochDayOf = (ms: number): EpochDay => Math.floor(ms / DAY_MS)

/**
 * What of a value that was counted over `duration` falls on `ms` of it. Everybody who splits samples does it with this:
 * written another way, 7.5 may be 7.4999, and a step be lost where a day ends.
 */
export const partOf = (value: number, ms: number, duration: number): number => (value * ms) / duration
