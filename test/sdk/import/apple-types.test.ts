import { expect, test } from 'vitest'
import { sleepKinds, workoutKinds } from '../../../sdk/cli/src/apple/kinds.ts'
import { quantityTypes } from '../../../sdk/cli/src/apple/quantity-types.ts'
import { dataTypes } from '../../../sdk/cli/src/import/options.ts'
import { sampleReaders } from '../../../src/samples/batch-schemas.ts'
import { sampleTypes } from '../../../src/samples/types/sample-types.ts'
import { workout } from '../../../src/samples/types/workout.ts'
import { quantity, read, record } from './support.ts'

/** What the server makes of a sample: the value in its own unit, or what it refuses. */
function store({ data_type, ...sample }: { data_type: string }): number | string {
  const reader = sampleReaders.v2.get(data_type)
  if (reader === undefined) return `no type ${data_type}`
  const { data, error } = reader.schema.safeParse(sample)
  return data?.value ?? error!.message
}

/** A value of each of Apple's units, and what it is in the server's: of types in the order of the importer's table. */
const cases: [units: string, ...[unit: string, value: string, stored: number][]][] = [
  ['StepCount FlightsClimbed', ['count', '14', 14]],
  [
    'DistanceWalkingRunning DistanceCycling DistanceSwimming DistanceWheelchair DistanceDownhillSnowSports DistanceCrossCountrySkiing DistancePaddleSports DistanceRowing DistanceSkatingSports',
    ['m', '250.5', 250.5],
    ['km', '1.25', 1250],
    ['cm', '250', 2.5],
    ['mi', '1', 1609.344],
    ['yd', '100', 91.44],
    ['ft', '1000', 304.8],
    ['in', '100', 2.54],
  ],
  [
    'ActiveEnergyBurned BasalEnergyBurned DietaryEnergyConsumed',
    ['kcal', '2.5', 2.5],
    ['Cal', '2.5', 2.5],
    ['cal', '2500', 2.5],
    ['kJ', '4.184', 1],
    ['J', '4184', 1],
  ],
  ['AppleExerciseTime', ['min', '2', 120], ['s', '30', 30], ['hr', '1', 3600]],
  [
    'RunningSpeed WalkingSpeed CyclingSpeed',
    ['m/s', '2', 7.2],
    ['km/hr', '7', 7],
    ['km/h', '7', 7],
    ['mi/hr', '10', 16.09344],
    ['ft/s', '10', 10.9728],
  ],
  ['CyclingCadence HeartRate RestingHeartRate RespiratoryRate', ['count/min', '61.5', 61.5], ['count/s', '1.5', 90]],
  ['CyclingPower RunningPower', ['W', '200', 200], ['kW', '0.2', 200]],
  ['HeartRateVariabilitySDNN', ['ms', '45.5', 45.5], ['s', '0.0455', 45.5]],
  ['OxygenSaturation BodyFatPercentage PeripheralPerfusionIndex', ['%', '0.98', 98], ['%', '1', 100], ['%', '57', 57]],
  ['VO2Max', ['mL/min·kg', '42.1', 42.1], ['mL/(kg*min)', '42.1', 42.1], ['mL/kg*min', '42.1', 42.1]],
  ['PeakExpiratoryFlowRate', ['L/min', '400', 400], ['L/s', '10', 600], ['mL/min', '400000', 400]],
  ['ForcedExpiratoryVolume1', ['L', '3.5', 3.5], ['mL', '3500', 3.5]],
  [
    'BodyTemperature BasalBodyTemperature AppleSleepingWristTemperature',
    ['degC', '36.6', 36.6],
    ['degF', '98.6', 37],
    ['K', '309.15', 36],
  ],
  [
    'BloodPressureSystolic BloodPressureDiastolic',
    ['mmHg', '120', 120],
    ['kPa', '16', 120.009852],
    ['cmAq', '100', 73.555924],
  ],
  [
    'BloodGlucose',
    ['mg/dL', '99', 99],
    ['mmol/L', '5.5', 99.0858],
    ['mmol&lt;180.15588000005408&gt;/L', '5.5', 99.0858],
  ],
  [
    'BodyMass LeanBodyMass',
    ['kg', '70', 70],
    ['g', '70000', 70],
    ['lb', '154', 69.853225],
    ['st', '11', 69.853225],
    ['oz', '2464', 69.853225],
  ],
  ['Height', ['cm', '180', 180], ['m', '1.8', 180], ['mm', '1800', 180], ['in', '70', 177.8], ['ft', '6', 182.88]],
  [
    'DietaryWater',
    ['mL', '250', 250],
    ['L', '0.25', 250],
    ['fl_oz_us', '8', 236.588237],
    ['fl_oz_imp', '10', 284.130625],
    ['cup_us', '1', 236.588237],
    ['cup_imp', '1', 284.130625],
    ['pt_us', '1', 473.176473],
    ['pt_imp', '1', 568.26125],
  ],
  [
    'DietaryCarbohydrates DietaryFatTotal DietaryFiber DietaryProtein DietarySugar',
    ['g', '12.5', 12.5],
    ['mg', '12500', 12.5],
    ['mcg', '5000', 0.005],
    ['kg', '0.1', 100],
    ['oz', '1', 28.349523],
  ],
  [
    [...quantityTypes.keys()]
      .map((identifier) => identifier.replace('HKQuantityTypeIdentifier', ''))
      .filter((name) => /^Dietary(?!Energy|Water|Carbo|FatTotal|Fiber|Protein|Sugar)/.test(name))
      .join(' '),
    ['mg', '12.5', 12.5],
    ['g', '0.5', 500],
    ['mcg', '400', 0.4],
  ],
]

const flat = cases.flatMap(([names, ...units]) =>
  names.split(' ').flatMap((name) => units.map((one) => [name, ...one] as const)),
)

test.each(flat)('%s in %s: %s is stored as %d', async (name, unit, value, stored) => {
  const { samples, tally } = await read(quantity(name, unit, value))
  expect([tally.skipped, tally.unknown]).toEqual([new Map(), new Map()])
  expect(samples.map(store)).toEqual([stored])
})

test('every unit of every type of the table is among these', () => {
  const tested = new Set(flat.map(([name, unit]) => `${name} ${unit}`))
  const all = [...quantityTypes].flatMap(([identifier, { units }]) =>
    Object.keys(units).map((unit) => `${identifier.replace('HKQuantityTypeIdentifier', '')} ${unit}`),
  )
  expect(all.filter((one) => !tested.has(one))).toEqual([])
})

test("every identifier that the server's types declare becomes that type", () => {
  const declared = sampleTypes.flatMap(({ name, kind, healthKit }) =>
    healthKit === null || kind === 'interval' ? [] : [[healthKit, name]],
  )
  expect(declared.map(([identifier]) => [identifier, quantityTypes.get(identifier!)?.dataType])).toEqual(declared)
  expect(sampleTypes.map(({ name }) => name)).toEqual(expect.arrayContaining([...dataTypes]))
})

test('each stage of sleep has a kind that the server takes', async () => {
  const read1 = await read(
    ...[...sleepKinds.keys()].map((value) => record('HKCategoryTypeIdentifierSleepAnalysis', { value })),
  )
  expect(read1.samples.map((sample) => [(sample as { kind?: string }).kind, store(sample)])).toEqual([
    ['in_bed', 0],
    ['asleep', 1],
    ['asleep', 1],
    ['light', 3],
    ['deep', 4],
    ['rem', 5],
    ['awake', 2],
  ])
})

test("each kind of workout that the server has is read from Apple's name", () => {
  expect([...workoutKinds.values()].toSorted()).toEqual(Object.keys(workout.kinds).toSorted())
  expect(workoutKinds.get('HKWorkoutActivityTypeHighIntensityIntervalTraining')).toBe(
    'high_intensity_interval_training',
  )
})
