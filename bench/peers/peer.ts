import type { Span } from './lines.ts'

/** Another store of time series that takes InfluxDB's line protocol. A new one is a file with its declaration and an entry in peers.ts. */
export type Peer = {
  name: string
  /** Debian's package, which has `binary`. */
  package: string
  binary: string
  versionFlag: string
  /** What keeps it in `folder` and has it listen on `port` of this host alone; all else is as it comes. */
  launch: (folder: string, port: number) => Launch
  /** Answers 2xx once it takes samples. */
  readyPath: string
  /** For POST, timestamps in ms. */
  writePath: string
  /** What there must be before the first sample. */
  prepare?: (url: string) => Promise<void>
  /** Of all samples that it has within the span. */
  count: (url: string, span: Span) => Promise<number>
  /** Brings what it stored into its lasting form, where stopping it does not. Called when it has been stopped. */
  settle?: (binary: string, folder: string) => Promise<void>
  /** The folders that the samples are in when it is stopped, without caches and its own metrics. */
  stored: (folder: string) => string[]
}

export type Launch = { arguments: string[]; environment: Record<string, string> }
