import type { SampleType } from './sample-type.ts'

/** Glucose in blood. */
export const bloodGlucose = {
  name: 'blood_glucose',
  kind: 'instantaneous',
  unit: 'mg/dL',
  units: { 'mg/dL': { max: 3000, factor: 1 }, 'mmol/L': { max: 166, factor: 18.0156 } },
  bounds: 'Meters end at 600; the highest survived was about 2650. A mole of glucose weighs 180.156 g.',
  loinc: '41653-7',
  healthKit: 'HKQuantityTypeIdentifierBloodGlucose',
  healthConnect: 'BloodGlucoseRecord',
  answers: {
    'biometrics.blood_glucose.avg_mg_dL': 'avg',
    'biometrics.blood_glucose.samples_mg_dL': 'samples',
  },
} as const satisfies SampleType
