import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { COPY_CONNECTIONS } from './copy-rows.ts'
import type { Figures } from './figures.ts'
import { BATCH_SAMPLES, type Workload } from './workload.ts'

/** One configuration and what each run of it gave. */
export type Measured = { kind: keyof typeof labels; inFlight?: number; figures: Figures[] }

const labels = {
  stored: 'Pulsewell, stored',
  'storage off': 'Pulsewell, storage off',
  COPY: `COPY, ${COPY_CONNECTIONS} connections`,
} as const

const HEAD = ['', 'in flight', 'samples/s', 'lowest to highest', 'p50 ms', 'p99 ms', 'disk MB', 'of COPY', 'of off']

export function formatReport(measured: Measured[], { users, samples, recorded }: Workload, machine: string): string {
  const runs = measured[0]?.figures.length ?? 0
  return [
    `ingest: ${whole(samples)} samples in JSON batches of ${BATCH_SAMPLES}, median of ${runs} runs`,
    `data: ${whole(recorded)} real heart rates, repeated over ${users} users and their days`,
    machine,
    '',
    formatTable(
      HEAD,
      measured.map((one) => formatRow(one, measured)),
    ),
  ].join('\n')
}

function formatRow({ kind, inFlight, figures }: Measured, measured: Measured[]): string[] {
  const rates = figures.map(({ samplesPerSecond }) => samplesPerSecond)
  const copy = measured.find((other) => other.kind === 'COPY')
  const off = measured.find((other) => other.kind === 'storage off' && other.inFlight === inFlight)
  return [
    labels[kind],
    inFlight?.toString() ?? '-',
    whole(median(rates)),
    `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
    medianOf(figures, 'p50'),
    medianOf(figures, 'p99'),
    medianOf(figures, 'storedBytes', 1e6),
    ratio(median(rates), copy),
    ratio(median(rates), off),
  ]
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

function medianOf(figures: Figures[], key: 'p50' | 'p99' | 'storedBytes', unit = 1): string {
  const values = figures.flatMap((figure) => figure[key] ?? [])
  return values.length === 0 ? '-' : (median(values) / unit).toFixed(1)
}

function ratio(rate: number, baseline: Measured | undefined): string {
  if (baseline === undefined) return '-'
  return (rate / median(baseline.figures.map(({ samplesPerSecond }) => samplesPerSecond))).toFixed(2)
}
