import type { Copies } from './explain-copies.ts'

/** What the run was, in a table. */
export type Figures = {
  backend: string
  seed: number
  counts: Record<string, string | number>
  hits: Map<string, number>
  behaviours: Map<string, number>
  statuses: Map<number, number>
  copies: Copies
}

export function printFigures({ backend, seed, counts, hits, behaviours, statuses, copies }: Figures): void {
  const lines = [
    `Faults on ${backend}, FAULTS_SEED=${seed}`,
    ...section('', Object.entries(counts)),
    ...section('killed', hits),
    ...section('requests to receivers', sorted(behaviours)),
    ...section('answers of the API (0: none came)', sorted(statuses)),
    ...section('2xx answers of receivers that were lost, so that the message came again', sorted(copies.reasons)),
    `  no fault explains${String(copies.unexplained.length).padStart(45)}`,
  ]
  console.log(lines.join('\n'))
}

const sorted = <Key>(counts: Map<Key, number>) => [...counts].toSorted(([, a], [, b]) => b - a)

function section(title: string, rows: Iterable<[string | number, string | number]>): string[] {
  return [
    ...(title === '' ? [] : [title]),
    ...[...rows].map(([name, n]) => `  ${`${name}`.padEnd(50)}${`${n}`.padStart(12)}`),
  ]
}
