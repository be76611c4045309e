/** Distinct names that are told apart; a file that makes names up does not fill the memory. */
const MAX_NAMES = 1000
const MAX_NAME_CHARACTERS = 120
const OTHERS = 'others'

/** What came of a file's records: given on, or left out and why. */
export type Tally = {
  /** Samples by data type. */
  samples: Map<string, number>
  /** What Pulsewell has no type for, by the name that the file gives it. */
  unknown: Map<string, number>
  /** What could not be a sample, by type and reason. */
  skipped: Map<string, number>
  /** What somebody should know about the file besides, such as that it ends too early. */
  remarks: Set<string>
  /** Why reading ended before the end of the file. What was read until then is good. */
  problem: string | undefined
}

export const newTally = (): Tally => ({
  samples: new Map(),
  unknown: new Map(),
  skipped: new Map(),
  remarks: new Set(),
  problem: undefined,
})

export function count(counts: Map<string, number>, name: string): void {
  const known = counts.get(name)
  if (known !== undefined) counts.set(name, known + 1)
  else if (counts.size < MAX_NAMES) {
    const short = copyOf(name.slice(0, MAX_NAME_CHARACTERS))
    counts.set(short, (counts.get(short) ?? 0) + 1)
  } else counts.set(OTHERS, (counts.get(OTHERS) ?? 0) + 1)
}

/** A text of its own: a part of a larger one keeps all of that in memory, here a chunk of the file. */
export const copyOf = (text: string): string => Buffer.from(text).toString()

/** Of the counts of a map, all together. */
export const sumOf = (counts: Map<string, number>): number => [...counts.values()].reduce((sum, one) => sum + one, 0)
