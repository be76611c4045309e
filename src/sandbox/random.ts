/** Numbers that look random and are the same for the same keys, on every machine and in every version of Node. */
export type Random = {
  /** From 0 up to 1. */
  next: () => number
  between: (low: number, high: number) => number
  /** About the mean, hardly ever further away than three deviations. */
  normal: (mean: number, deviation: number) => number
  chance: (probability: number) => boolean
  pick: <T>(from: readonly T[]) => T
}

/** FNV-1a, then mixed, for keys that differ in their last digit are to have nothing in common. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash)
}

export function randomOf(...keys: (string | number)[]): Random {
  let state = hashOf(keys.join(' '))
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    return mix(state) / 2 ** 32
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    // Twelve uniform numbers have a variance of one; sums are exact everywhere, where logarithms may not be.
    normal: (mean, deviation) => {
      let sum = -6
      for (let i = 0; i < 12; i++) sum += next()
      return mean + deviation * sum
    },
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)]!,
  }
}

/** A smooth course over `time` from -1 to 1 that changes its mind about every `scale`; it needs nothing from before. */
export function courseAt(hash: number, time: number, scale: number): number {
  const at = time / scale
  const left = Math.floor(at)
  const part = at - left
  const ease = part * part * (3 - 2 * part)
  return knot(hash, left) * (1 - ease) + knot(hash, left + 1) * ease
}

const knot = (hash: number, index: number) => (mix(hash ^ Math.imul(index, 0x9e3779b1)) / 2 ** 32) * 2 - 1

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
