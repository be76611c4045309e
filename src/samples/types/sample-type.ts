/** A unit that samples of a type may come in. */
export type SampleUnit = {
  /** The smallest value taken, in this unit; any above 0 where absent. */
  min?: number
  /** The largest value taken, in this unit. */
  max: number
  /** What a value is multiplied by to be in the type's stored unit. */
  factor: number
  /** What is added after that. */
  offset?: number
}

/** What of a day's samples is answered. `last` is the latest value, `samples` are all of them with their times. */
export type Statistic = 'total' | 'min' | 'max' | 'avg' | 'std_dev' | 'last' | 'samples'

/** One kind of sample. One file declares one. */
export type SampleType = {
  /** The `data_type` on the wire and in the store. */
  name: string
  /**
   * Cumulative samples add up over time, are merged over devices, and split where a day ends; instantaneous ones are
   * averaged. Of an interval it is known what kind it was, and nothing is measured.
   */
  kind: 'cumulative' | 'instantaneous' | 'interval'
  /** The unit that values are stored and read back in; null for intervals. */
  unit: string | null
  units: Record<string, SampleUnit>
  /** Why the bounds of its units are where they are. */
  bounds: string
  /** Counts whole things: parts of a sample are rounded so that they add up to it. */
  isWhole?: true
  /** How many samples a device may have on a UTC day; as many as of any type where absent. */
  maxPerDay?: number
  /** Kinds of interval, and the number that each is stored as. */
  kinds?: Readonly<Record<string, number>>
  /** https://loinc.org; null where none fits. */
  loinc: string | null
  /** https://developer.apple.com/documentation/healthkit/data-types; null where HealthKit has none. */
  healthKit: string | null
  /** A record of androidx.health.connect.client.records; null where Health Connect has none. */
  healthConnect: string | null
  /**
   * Where it lands in the shapes of the Devices API, and what of it: paths that begin with the shape. Those of
   * `sleep.biometrics` and `workout` are of the night's and the workout's own time.
   */
  answers: Readonly<Record<string, Statistic>>
}
