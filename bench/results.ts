import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatTable } from './table.ts'

/** One figure of a benchmark beside what it should be. */
export type Result = { figure: string; value: number; atLeast?: number; atMost?: number }

/** What all benchmarks of a run came to. */
export const results: Result[] = []

export const isMet = ({ value, atLeast = -Infinity, atMost = Infinity }: Result): boolean =>
  value >= atLeast && value <= atMost

export function formatResults(all: Result[]): string {
  const rows = all.map((result) => [
    result.figure,
    format(result.value),
    result.atLeast === undefined ? `at most ${result.atMost}` : `at least ${result.atLeast}`,
    isMet(result) ? 'met' : 'MISSED',
  ])
  return formatTable(['', 'measured', 'target', ''], rows)
}

const format = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2))

/** Writes `results/<date>.json` beside this file. Returns its path. */
export async function writeResults(machine: string, now: Date): Promise<string> {
  const folder = join(import.meta.dirname, 'results')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${now.toISOString().slice(0, 10)}.json`)
  const content = { at: now.toISOString(), machine, results: results.map((one) => ({ ...one, met: isMet(one) })) }
  await writeFile(path, `${JSON.stringify(content, null, 2)}\n`)
  return path
}
