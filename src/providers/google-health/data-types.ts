import { z } from 'zod'
import { exercise } from './exercise.ts'
import { daily, type DataTypeRow, interval, sample } from './record-types.ts'
import { Quantity } from './schemas.ts'
import { sleep } from './sleep.ts'

/**
 * What is read, by https://developers.google.com/health/data-types and the schemas of the discovery document. What is
 * told twice is read once, as finely as it is told:
 *
 * - `total-calories` is of roll-ups alone, and is active and basal energy together;
 * - `daily-heart-rate-variability`, `daily-oxygen-saturation` and `daily-respiratory-rate` are averages of what is read
 *   here, and `run-vo2-max` is among `vo2-max`;
 * - active zone minutes, activity levels, sedentary periods, heart rate zones, time and calories in them, swimming
 *   lengths, electrocardiograms, notices of irregular rhythm, foods and symptoms have no type here;
 * - `hydration-log` and `nutrition-log` need a fourth restricted scope, which is not asked for.
 */
export const dataTypes: readonly DataTypeRow[] = [
  interval('steps', 'activity', ['steps'], { count: Quantity }, ({ count }) => [
    { dataType: 'steps', value: count, unit: 'count' },
  ]),
  interval('distance', 'activity', ['distance'], { millimeters: Quantity }, ({ millimeters }) => [
    { dataType: 'distance', value: millimeters / 1000, unit: 'm' },
  ]),
  // The one type that cannot be listed, and so is told without the device.
  {
    ...interval('floors', 'activity', ['floors'], { count: Quantity }, ({ count }) => [
      { dataType: 'floors', value: count, unit: 'count' },
    ]),
    operation: 'reconcile',
  },
  interval('altitude', 'activity', ['elevation_gain'], { gainMillimeters: Quantity }, ({ gainMillimeters }) => [
    { dataType: 'elevation_gain', value: gainMillimeters / 1000, unit: 'm' },
  ]),
  interval('active-energy-burned', 'activity', ['active_energy'], { kcal: Quantity }, ({ kcal }) => [
    { dataType: 'active_energy', value: kcal, unit: 'kcal' },
  ]),
  interval('basal-energy-burned', 'activity', ['basal_energy'], { kcal: Quantity }, ({ kcal }) => [
    { dataType: 'basal_energy', value: kcal, unit: 'kcal' },
  ]),
  interval(
    'active-minutes',
    'activity',
    ['exercise_time'],
    {
      activeMinutesByActivityLevel: z
        .array(z.looseObject({ activityLevel: z.string(), activeMinutes: Quantity }))
        .default([]),
    },
    ({ activeMinutesByActivityLevel: levels }) => [
      { dataType: 'exercise_time', value: sumOf(levels.filter(isExercise)), unit: 'min' },
    ],
  ),
  exercise,
  sample('vo2-max', 'activity', ['vo2_max'], { vo2Max: Quantity }, ({ vo2Max }) => [
    { dataType: 'vo2_max', value: vo2Max, unit: 'mL/min/kg' },
  ]),
  daily('daily-vo2-max', 'activity', ['vo2_max'], { vo2Max: Quantity }, ({ vo2Max }) => [
    { dataType: 'vo2_max', value: vo2Max, unit: 'mL/min/kg' },
  ]),
  sample('heart-rate', 'metrics', ['bpm'], { beatsPerMinute: Quantity }, ({ beatsPerMinute }) => [
    { dataType: 'bpm', value: beatsPerMinute, unit: 'count/min' },
  ]),
  daily('daily-resting-heart-rate', 'metrics', ['resting_bpm'], { beatsPerMinute: Quantity }, ({ beatsPerMinute }) => [
    { dataType: 'resting_bpm', value: beatsPerMinute, unit: 'count/min' },
  ]),
  sample(
    'heart-rate-variability',
    'metrics',
    ['hrv_rmssd', 'hrv_sdnn'],
    { rootMeanSquareOfSuccessiveDifferencesMilliseconds: Quantity, standardDeviationMilliseconds: Quantity },
    (values) => [
      { dataType: 'hrv_rmssd', value: values.rootMeanSquareOfSuccessiveDifferencesMilliseconds, unit: 'ms' },
      { dataType: 'hrv_sdnn', value: values.standardDeviationMilliseconds, unit: 'ms' },
    ],
  ),
  sample('oxygen-saturation', 'metrics', ['spo2'], { percentage: Quantity }, ({ percentage }) => [
    { dataType: 'spo2', value: percentage, unit: '%' },
  ]),
  sample(
    'respiratory-rate-sleep-summary',
    'metrics',
    ['respiratory_rate'],
    { fullSleepStats: z.looseObject({ breathsPerMinute: Quantity }) },
    ({ fullSleepStats }) => [
      { dataType: 'respiratory_rate', value: fullSleepStats.breathsPerMinute, unit: 'count/min' },
    ],
  ),
  sample(
    'core-body-temperature',
    'metrics',
    ['body_temperature'],
    { temperatureCelsius: Quantity },
    ({ temperatureCelsius }) => [{ dataType: 'body_temperature', value: temperatureCelsius, unit: 'degC' }],
  ),
  daily(
    'daily-sleep-temperature-derivations',
    'metrics',
    ['skin_temperature'],
    { nightlyTemperatureCelsius: Quantity },
    ({ nightlyTemperatureCelsius }) => [
      { dataType: 'skin_temperature', value: nightlyTemperatureCelsius, unit: 'degC' },
    ],
  ),
  sample('blood-glucose', 'metrics', ['blood_glucose'], { bloodGlucoseMilligramsPerDeciliter: Quantity }, (values) => [
    { dataType: 'blood_glucose', value: values.bloodGlucoseMilligramsPerDeciliter, unit: 'mg/dL' },
  ]),
  sample('weight', 'metrics', ['weight'], { weightGrams: Quantity }, ({ weightGrams }) => [
    { dataType: 'weight', value: weightGrams, unit: 'g' },
  ]),
  sample('body-fat', 'metrics', ['body_fat'], { percentage: Quantity }, ({ percentage }) => [
    { dataType: 'body_fat', value: percentage, unit: '%' },
  ]),
  sample('height', 'metrics', ['height'], { heightMillimeters: Quantity }, ({ heightMillimeters }) => [
    { dataType: 'height', value: heightMillimeters / 10, unit: 'cm' },
  ]),
  sleep,
]

/** As Fitbit has it, active time is moderate or vigorous; light activity is strolling about. */
const isExercise = ({ activityLevel }: { activityLevel: string }) =>
  activityLevel === 'MODERATE' || activityLevel === 'VIGOROUS'

const sumOf = (levels: { activeMinutes: number }[]) => levels.reduce((sum, { activeMinutes }) => sum + activeMinutes, 0)
