import type { SampleType } from './sample-type.ts'

/** Temperature of the skin, such as at the wrist. */
export const skinTemperature = {
  name: 'skin_temperature',
  kind: 'instantaneous',
  unit: 'degC',
  units: { degC: { min: 15, max: 45, factor: 1 }, degF: { min: 59, max: 113, factor: 5 / 9, offset: -160 / 9 } },
  bounds: 'Skin follows the air around it.',
  loinc: '39106-0',
  healthKit: 'HKQuantityTypeIdentifierAppleSleepingWristTemperature',
  healthConnect: 'SkinTemperatureRecord',
  answers: {
    'biometrics.temperature.skin.avg_celcius': 'avg',
    'biometrics.temperature.skin.samples_celcius': 'samples',
    'sleep.biometrics.temperature.skin.avg_celcius': 'avg',
    'sleep.biometrics.temperature.skin.samples_celcius': 'samples',
  },
} as const satisfies SampleType
