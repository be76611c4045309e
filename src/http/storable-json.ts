const MAX_DEPTH = 10
const MAX_VALUES = 1000
const MAX_LENGTH = 10_000

/**
 * Whether Postgres can store a value that somebody sent: not too deep, too much, or with text or numbers that it does not
 * take.
 */
export function isStorableJson(value: unknown, maxValues = MAX_VALUES): boolean {
  const remaining = [{ value, depth: 1 }]
  let count = 0
  for (let next = remaining.pop(); next !== undefined; next = remaining.pop()) {
    if (next.depth > MAX_DEPTH || ++count > maxValues) return false
    if (typeof next.value === 'string' && !isStorableText(next.value)) return false
    // What is beyond a double's range was read as infinite, and would be written as null.
    if (typeof next.value === 'number' && !Number.isFinite(next.value)) return false
    if (typeof next.value !== 'object' || next.value === null) continue
    if (!Object.keys(next.value).every(isStorableText)) return false
    const depth = next.depth + 1
    for (const inner of Object.values(next.value)) remaining.push({ value: inner as unknown, depth })
  }
  return true
}

const isStorableText = (text: string) => text.length <= MAX_LENGTH && !text.includes('\0') && text.isWellFormed()
