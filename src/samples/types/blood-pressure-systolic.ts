import type { SampleType } from './sample-type.ts'

/** Blood pressure while the heart contracts. */
export const bloodPressureSystolic = {
  name: 'blood_pressure_systolic',
  kind: 'instantaneous',
  unit: 'mmHg',
  units: { mmHg: { min: 20, max: 370, factor: 1 } },
  bounds: '370 was measured in weight lifters; cuffs end at 300.',
  loinc: '8480-6',
  healthKit: 'HKQuantityTypeIdentifierBloodPressureSystolic',
  healthConnect: 'BloodPressureRecord',
  answers: {
    'biometrics.blood_pressure.systolic_mm_Hg.samples': 'samples',
  },
} as const satisfies SampleType
