import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { COPY_CONNECTIONS } from './copy-rows.ts'
import type { Figures } from './figures.ts'
import { forms, type FormName } from './workload.ts'

/** One configuration and what each run of it gave. */
export type Measured = { kind: Kind; form: FormName; inFlight?: number; figures: Figures[] }
type Kind = keyof typeof labels

const labels = {
  stored: 'stored',
  again: 'sent again',
  'storage off': 'storage off',
  COPY: `COPY, ${COPY_CONNECTIONS} connections`,
} as const

const HEAD = [
  '',
  'in flight',
  'samples/s',
  'lowest to highest',
  'p50 ms',
  'p99 ms',
  'disk B/sample',
  'WAL B/sample',
  'of COPY',
  'of off',
]

export function formatReport(measured: Measured[], samples: number, data: string, machine: string): string {
  const runs = measured[0]?.figures.length ?? 0
  return [
    `ingest: ${whole(samples)} samples a measurement, median of ${runs} runs`,
    data,
    machine,
    '',
    formatTable(
      HEAD,
      measured.map((one) => formatRow(one, measured, samples)),
    ),
  ].join('\n')
}

export const nameOf = ({ kind, form }: Pick<Measured, 'kind' | 'form'>): string =>
  kind === 'COPY' ? labels[kind] : `${forms[form].label}, ${labels[kind]}`

export const rateOf = ({ figures }: Measured): number => median(figures.map(({ samplesPerSecond }) => samplesPerSecond))

function formatRow(one: Measured, measured: Measured[], samples: number): string[] {
  const { inFlight, figures } = one
  const rates = figures.map(({ samplesPerSecond }) => samplesPerSecond)
  const copy = measured.find((other) => other.kind === 'COPY')
  const off = measured.find((other) => other.kind === 'storage off' && other.inFlight === inFlight)
  return [
    nameOf(one),
    inFlight?.toString() ?? '-',
    whole(rateOf(one)),
    `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
    medianOf(figures, 'p50'),
    medianOf(figures, 'p99'),
    medianOf(figures, 'storedBytes', samples),
    medianOf(figures, 'walBytes', samples),
    ratio(one, copy),
    ratio(one, off),
  ]
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

function medianOf(figures: Figures[], key: 'p50' | 'p99' | 'storedBytes' | 'walBytes', unit = 1): string {
  const values = figures.flatMap((figure) => figure[key] ?? [])
  return values.length === 0 ? '-' : (median(values) / unit).toFixed(1)
}

const ratio = (one: Measured, baseline: Measured | undefined): string =>
  baseline === undefined ? '-' : (rateOf(one) / rateOf(baseline)).toFixed(2)
