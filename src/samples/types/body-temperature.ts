import type { SampleType } from './sample-type.ts'

/** Core temperature of the body. */
export const bodyTemperature = {
  name: 'body_temperature',
  kind: 'instantaneous',
  unit: 'degC',
  units: { degC: { min: 25, max: 45, factor: 1 }, degF: { min: 77, max: 113, factor: 5 / 9, offset: -160 / 9 } },
  bounds: 'The lowest and the highest that anyone survived lie within.',
  loinc: '8310-5',
  healthKit: 'HKQuantityTypeIdentifierBodyTemperature',
  healthConnect: 'BodyTemperatureRecord',
  answers: {
    'biometrics.temperature.core.avg_celcius': 'avg',
    'biometrics.temperature.core.samples_celcius': 'samples',
    'sleep.biometrics.temperature.core.avg_celcius': 'avg',
    'sleep.biometrics.temperature.core.samples_celcius': 'samples',
  },
} as const satisfies SampleType
