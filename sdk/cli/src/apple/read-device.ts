import { copyOf } from '../import/tally.ts'
import type { DeviceType } from '../sample.ts'

const MAX_NAME_CHARACTERS = 200
const MAX_VERSION_CHARACTERS = 100
const MAX_REMEMBERED = 5000

/** A function that remembers what it said: an export has millions of records of a few devices. */
function remembering<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const own = copyOf(text)
    const result = read(own)
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(own, result)
    return result
  }
}

/** A source's name without what cannot be seen: phones write `Apple Watch` with a space that does not break. */
export const readDeviceName = remembering((sourceName: string): string => {
  const name = visible(sourceName)
  return name === '' ? 'Apple Health' : firstCharacters(name, MAX_NAME_CHARACTERS)
})

/** A source's version in the same way; empty where there is none. */
export const readDeviceVersion = remembering((sourceVersion: string): string =>
  firstCharacters(visible(sourceVersion), MAX_VERSION_CHARACTERS),
)

const visible = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()

/** `<<HKDevice: 0x...>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1, ...>` → `watch`; `unknown` where it does not say. */
export const readDeviceType = remembering((device: string): DeviceType | 'unknown' => {
  const model = /, (?:model|hardware):(Watch|iPhone|iPod|iPad)/.exec(device)?.[1]
  if (model === undefined) return 'unknown'
  return ({ Watch: 'watch', iPhone: 'phone', iPod: 'phone', iPad: 'other' } as const)[model] ?? 'unknown'
})

/** Cuts no character in two. */
const firstCharacters = (text: string, most: number) => {
  const cut = text.slice(0, most)
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}
