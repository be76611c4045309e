import type { SampleType } from './sample-type.ts'

/** Blood pressure between two beats. */
export const bloodPressureDiastolic = {
  name: 'blood_pressure_diastolic',
  kind: 'instantaneous',
  unit: 'mmHg',
  units: { mmHg: { min: 10, max: 360, factor: 1 } },
  bounds: '360 was measured in weight lifters; cuffs end at 200.',
  loinc: '8462-4',
  healthKit: 'HKQuantityTypeIdentifierBloodPressureDiastolic',
  healthConnect: 'BloodPressureRecord',
  answers: {
    'biometrics.blood_pressure.diastolic_mm_Hg.samples': 'samples',
  },
} as const satisfies SampleType
