import type { AnyDataType, MeasuredSample, Provider } from '../generated/schemas.ts'

export type SampleType = AnyDataType
export type DeviceType = NonNullable<MeasuredSample['device_type']>
export type { Provider }

/** A sample to send. Dates are ISO 8601 with an offset or `Z`, or `Date`s; `end_date` is `start_date` where absent. */
export type SampleInput = {
  data_type: SampleType
  device_name: string
  device_version?: string
  device_type?: DeviceType
  start_date: string | Date
  end_date?: string | Date
} & ({ value: number; unit: string } | { kind: string })

/** Whose samples they are. */
export type Wearer = {
  /** With `provider`, what tokens are minted for with the client's secret key. */
  userId?: string
  provider?: Provider
  /** A user token to send with, in place of minted ones. It is not renewed. */
  userToken?: string
}

export type UploadOptions = Wearer & {
  /** The most samples that a request takes: 3 to 1000, and 1000 by default. */
  batchSize?: number
  /** How many requests are under way at once: 1 to 64, and 4 by default. */
  concurrency?: number
  /** Store the good samples of a batch and list the bad ones, in place of refusing the batch. */
  lenient?: boolean
  /** What was sent before and need not be sent again; `openUploadRecord` of `@pulsewell/sdk/node` keeps it in a file. */
  record?: UploadRecord
  /** Called after each batch that is done. */
  onProgress?: (progress: UploadProgress) => void
  signal?: AbortSignal
}

/** What is done so far: `samples` and `batches` include those of the `skipped` batches. */
export type UploadProgress = { samples: number; batches: number; skipped: number }

/** One sample that was not stored: its place in the input, from 0, and why. */
export type RejectedSample = { index: number; field: string; reason: string }

export type UploadResult = {
  /** Samples that are done, those of skipped batches included. */
  samples: number
  /** Batches that are done, the skipped ones included. */
  batches: number
  /** Batches that `record` had. What became of their samples is not known now, and not in the numbers below. */
  skipped: number
  inserted: number
  updated: number
  unchanged: number
  /** Of a lenient upload, the bad samples by their index: the first 1000. */
  rejected: RejectedSample[]
  /** How many were rejected in all. */
  rejectedCount: number
}

/** Which batches were acknowledged. `add` is awaited before a batch counts as done. */
export type UploadRecord = { has(id: string): boolean; add(id: string): Promise<void> }
