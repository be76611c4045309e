/** A UTC day as the number of days since 1970-01-01: what sample days are computed with. */
export type EpochDay = number

export const DAY_MS = 86_400_000

export const epochDayOf = (ms: number): EpochDay => Math.floor(ms / DAY_MS)
