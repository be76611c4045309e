/** A unit that samples of a type may come in. */
export type SampleUnit = {
  /** The largest value taken, in this unit. Every value is above 0. */
  max: number
  /** What a value is multiplied by to be in the type's stored unit. */
  factor: number
}

/** One kind of sample. One file declares one. */
export type SampleType = {
  /** The `data_type` on the wire and in the store. */
  name: string
  /** The unit that values are stored and read back in. */
  unit: string
  units: Record<string, SampleUnit>
  /** Cumulative samples add up over time, and split where a day ends; instantaneous ones are averaged. */
  kind: 'cumulative' | 'instantaneous'
}
