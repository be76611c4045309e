import { bpm } from './bpm.ts'
import type { SampleType } from './sample-type.ts'
import { steps } from './steps.ts'

/** Every sample type there is. A new one is a file beside this one and an entry here. */
export const sampleTypes = [steps, bpm] as const satisfies SampleType[]

export type DataType = (typeof sampleTypes)[number]['name']

export function sampleTypeOf(name: DataType): SampleType {
  const found = sampleTypes.find((type) => type.name === name)
  if (found === undefined) throw new Error(`no sample type ${name}`)
  return found
}
