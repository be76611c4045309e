/** What one measurement gave. Latencies in ms, of whole requests as the client sees them. */
export type Figures = {
  samplesPerSecond: number
  p50?: number
  p99?: number
  /** On disk, indexes and TOAST included. */
  storedBytes?: number
  /** Written ahead of the tables. */
  walBytes?: number | undefined
}
