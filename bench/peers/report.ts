import type { Figures } from '../ingest/figures.ts'
import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'

/** A store with so many requests in flight, and what each run of it gave. */
export type Measured = { name: string; version: string; inFlight: number; figures: Figures[] }

const HEAD = [
  '',
  'version',
  'in flight',
  'samples/s',
  'lowest to highest',
  'p50 ms',
  'p99 ms',
  'disk B/sample',
  'of Pulsewell',
]

/** The last column compares with `baseline` at the same number in flight. */
export function formatPeers(measured: Measured[], baseline: string, samples: number): string {
  return formatTable(
    HEAD,
    measured.map((one) => {
      const { name, version, inFlight, figures } = one
      const rates = figures.map(({ samplesPerSecond }) => samplesPerSecond)
      const compared = measured.find((other) => other.name === baseline && other.inFlight === inFlight) ?? one
      return [
        name,
        version,
        String(inFlight),
        whole(rateOf(one)),
        `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
        medianOf(figures, 'p50'),
        medianOf(figures, 'p99'),
        medianOf(figures, 'storedBytes', samples),
        (rateOf(one) / rateOf(compared)).toFixed(2),
      ]
    }),
  )
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en')

const rateOf = ({ figures }: Measured) => median(figures.map(({ samplesPerSecond }) => samplesPerSecond))

const medianOf = (figures: Figures[], key: 'p50' | 'p99' | 'storedBytes', unit = 1) =>
  (median(figures.map((figure) => figure[key] ?? Number.NaN)) / unit).toFixed(1)
