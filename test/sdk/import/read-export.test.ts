import { expect, test } from 'vitest'
import { exportProlog } from '../../../bench/import/export-prolog.ts'
import { readTime, toIsoTime } from '../../../sdk/cli/src/apple/read-time.ts'
import { exportOf, quantity, read, readText, record } from './support.ts'

const WATCH =
  '&lt;&lt;HKDevice: 0x281a3c0a0&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1, software:10.1&gt;'
const steps = (attributes: Record<string, string> = {}) => quantity('StepCount', 'count', '14', attributes)

test('a record becomes a sample with its device, its times and its offset', async () => {
  const { samples } = await read(steps({ sourceName: 'Alex’s Apple\u00a0Watch', device: WATCH }))
  expect(samples).toEqual([
    {
      data_type: 'steps',
      device_name: 'Alex’s Apple Watch',
      device_version: '10.1',
      device_type: 'watch',
      start_date: '2023-11-01T08:05:00+04:00',
      end_date: '2023-11-01T08:05:20+04:00',
      value: 14,
      unit: 'count',
    },
  ])
})

test.each([
  ['2023-11-01 08:05:00 +0400', '2023-11-01T08:05:00+04:00'],
  ['2023-12-31 23:59:59 -0930', '2023-12-31T23:59:59-09:30'],
  ['2024-02-29 00:00:00 +0000', '2024-02-29T00:00:00+00:00'],
])('%s is the same instant as %s', (text, iso) => {
  expect([toIsoTime(text), readTime(text)]).toEqual([iso, Date.parse(iso)])
})

test.each([
  ['model:iPhone, hardware:iPhone14,2', 'phone'],
  ['name:x, hardware:Watch6,1', 'watch'],
  ['model:iPad', 'other'],
  ['model:ScaleX', undefined],
])('a device with %s is of the type %s', async (device, type) => {
  const { samples } = await read(steps({ device: `&lt;&lt;HKDevice: 0x1&gt;, ${device}, software:1&gt;` }))
  expect(samples[0]!.device_type).toBe(type)
})

test.each([
  ['Tom &amp; Jerry&apos;s &#x1F3C3; &quot;band&quot;', 'Tom & Jerry\'s 🏃 "band"'],
  ['two\nlines', 'two lines'],
  ['with a \u000b control character', 'with a control character'],
  ['', 'Apple Health'],
  ['a'.repeat(300), 'a'.repeat(200)],
])('the source %j is the device %j', async (sourceName, name) => {
  const { samples, tally } = await read(steps({ sourceName }))
  expect([samples[0]?.device_name, tally.problem]).toEqual([name, undefined])
})

test('the declarations of iOS 16, with their errors of syntax, a byte order mark and CRLF do not matter', async () => {
  const text = `\ufeff${exportOf(steps(), exportProlog)}`.replaceAll('\n', '\r\n')
  for (const chunkLength of [text.length, 7]) {
    const { samples, tally } = await readText(text, chunkLength)
    expect([samples.length, tally.problem, tally.remarks]).toEqual([1, undefined, new Set()])
  }
})

test('records of a correlation, which are there at the top as well, count once', async () => {
  const pressure = quantity('BloodPressureSystolic', 'mmHg', '120')
  const { samples, tally } = await read(
    pressure,
    `<Correlation type="x" sourceName="y">${pressure}</Correlation>`,
    steps(),
  )
  expect(samples.map(({ data_type }) => data_type)).toEqual(['blood_pressure_systolic', 'steps'])
  expect(tally.unknown).toEqual(new Map([['Correlation', 1]]))
})

test('beats within a record of variability are not records', async () => {
  const beats =
    '<HeartRateVariabilityMetadataList><InstantaneousBeatsPerMinute bpm="60" time="8:05:10,42 AM"/></HeartRateVariabilityMetadataList>'
  const attributes = { unit: 'ms', value: '41.5' }
  const { samples } = await read(record('HKQuantityTypeIdentifierHeartRateVariabilitySDNN', attributes, beats), steps())
  expect(samples.map(({ data_type }) => data_type)).toEqual(['hrv_sdnn', 'steps'])
})

const workout = (attributes: string, inner = '') =>
  `<Workout workoutActivityType="HKWorkoutActivityTypeRunning" sourceName="Apple Watch" startDate="2023-11-01 08:00:00 +0000" endDate="2023-11-01 08:30:00 +0000" ${attributes}>${inner}</Workout>`
const totals = { workout_energy: [301.5, 'kcal'], workout_distance: [5.2, 'km'] }

test.each([
  [
    'elements',
    workout(
      '',
      '<WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="140" unit="count/min"/><WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="301.5" unit="Cal"/><WorkoutStatistics type="HKQuantityTypeIdentifierDistanceCycling" sum="5.2" unit="km"/>',
    ),
  ],
  [
    'attributes',
    workout('totalDistance="5.2" totalDistanceUnit="km" totalEnergyBurned="301.5" totalEnergyBurnedUnit="Cal"'),
  ],
])('a workout with its totals as %s is three samples', async (_, text) => {
  const { samples } = await read(text)
  expect(samples[0]).toMatchObject({ data_type: 'workout', kind: 'running', end_date: '2023-11-01T08:30:00+00:00' })
  expect(Object.fromEntries(samples.slice(1).map((s) => [s.data_type, 'value' in s && [s.value, s.unit]]))).toEqual(
    totals,
  )
})

test('a kind of workout that is not known is another workout, and named', async () => {
  const { samples, tally } = await read(workout('').replace('TypeRunning', 'TypeQuidditch'))
  expect(samples).toMatchObject([{ kind: 'other' }])
  expect([...tally.unknown.keys()]).toEqual(['HKWorkoutActivityTypeQuidditch, taken as other'])
})

const STEPS = 'HKQuantityTypeIdentifierStepCount'
test.each([
  ['a value of 0', quantity('StepCount', 'count', '0'), `${STEPS}: is 0`],
  ['a value below 0', quantity('StepCount', 'count', '-1'), `${STEPS}: is below 0`],
  ['no value', quantity('StepCount', 'count', ''), `${STEPS}: has a value that is not a number`],
  ['text as a value', quantity('StepCount', 'count', 'many'), `${STEPS}: has a value that is not a number`],
  ['another unit', quantity('StepCount', 'furlong', '1'), `${STEPS}: is in furlong, which is not known`],
  [
    'a unit that objects have',
    quantity('StepCount', 'constructor', '1'),
    `${STEPS}: is in constructor, which is not known`,
  ],
  ['an end before its start', steps({ endDate: '2023-11-01 08:04:59 +0400' }), `${STEPS}: ends before it starts`],
  ['eight days', steps({ endDate: '2023-11-09 08:05:00 +0400' }), `${STEPS}: lasts longer than 7 days`],
  [
    'the year 1904',
    steps({ startDate: '1904-01-01 00:00:00 +0000', endDate: '1904-01-01 00:00:00 +0000' }),
    `${STEPS}: is not of 1970 to 2099`,
  ],
  ['a 31st of February', steps({ startDate: '2023-02-31 00:00:00 +0000' }), `${STEPS}: has a date that cannot be read`],
  [
    'a date of 12 hours',
    steps({ startDate: '2023-11-01 8:05:00 AM +0400' }),
    `${STEPS}: has a date that cannot be read`,
  ],
  ['no date', steps({ startDate: '' }), `${STEPS}: has a date that cannot be read`],
  [
    'sleep of no time',
    record('HKCategoryTypeIdentifierSleepAnalysis', {
      value: 'HKCategoryValueSleepAnalysisAwake',
      endDate: '2023-11-01 08:05:00 +0400',
    }),
    'HKCategoryTypeIdentifierSleepAnalysis: ends when it starts',
  ],
])('a record with %s is left out and counted; the next is read', async (_, bad, reason) => {
  const { samples, tally } = await read(bad, bad, steps())
  expect(samples.length).toBe(1)
  expect(tally.skipped).toEqual(new Map([[reason, 2]]))
})

test('what has no type is counted by its name', async () => {
  const { samples, tally } = await read(
    record('HKCategoryTypeIdentifierAppleStandHour', { value: 'HKCategoryValueAppleStandHourStood' }),
    quantity('BodyMassIndex', 'count', '22'),
    '<ActivitySummary dateComponents="2023-11-01"/><Me/>',
  )
  expect(samples).toEqual([])
  expect([...tally.unknown.keys()]).toEqual([
    'HKCategoryTypeIdentifierAppleStandHour',
    'HKQuantityTypeIdentifierBodyMassIndex',
    'ActivitySummary',
    'Me',
  ])
})

test.each([[1], [13], [1000]])('chunks of %i characters give what the whole file gives', async (chunkLength) => {
  const text = exportOf(
    steps() + workout('totalEnergyBurned="3" totalEnergyBurnedUnit="kcal"') + steps({ device: WATCH }),
  )
  expect((await readText(text, chunkLength)).samples).toEqual((await readText(text)).samples)
})

test('a file that was cut off gives what is whole, and says so', async () => {
  const text = exportOf(steps() + steps({ value: '15' }))
  const { samples, tally } = await readText(text.slice(0, text.lastIndexOf('startDate')))
  expect([samples.length, tally.problem]).toEqual([1, 'The file ends in the middle: it was cut off.'])
})

test('a damaged record is left out, and the line is named', async () => {
  const { samples, tally } = await read(steps(), steps().replace('unit="count"', 'unit=count'), steps())
  expect([samples.length, [...tally.remarks][0], [...tally.skipped]]).toEqual([
    2,
    expect.stringMatching(/not well-formed XML in places; the first: 5:\d+: unquoted attribute value/),
    [['Record: is not well-formed XML', 1]],
  ])
})

test('an attribute that never ends does not fill the memory', async () => {
  const text = exportOf(`${steps()}<Record type="${'x'.repeat(20 << 20)}`)
  const { samples, tally } = await readText(text, 1 << 20)
  expect([samples.length, tally.problem]).toEqual([1, expect.stringContaining('is longer than 8 MB')])
})

test.each([
  ['<ClinicalDocument/>'],
  [''],
  ['steps,timestamp\n'],
  ['<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Me)>\n]>'],
])('a file that begins %j is no export', async (text) => {
  await expect(readText(text)).rejects.toThrow('no export of Apple Health')
})

const triathlon = (inner: string) =>
  ` <Workout workoutActivityType="HKWorkoutActivityTypeSwimBikeRun" sourceName="Watch" startDate="2023-11-03 08:00:00 +0000" endDate="2023-11-03 10:00:00 +0000">${inner}</Workout>\n`
const sum = (name: string, amount: string, unit: string) =>
  `<WorkoutStatistics type="HKQuantityTypeIdentifier${name}" sum="${amount}" unit="${unit}"/>`

test('of a workout in parts the totals are those of the whole, over all kinds of distance', async () => {
  const part = sum('ActiveEnergyBurned', '100', 'kcal') + sum('DistanceSwimming', '750', 'm')
  const whole = [
    sum('ActiveEnergyBurned', '700', 'kcal'),
    sum('DistanceSwimming', '750', 'm'),
    sum('DistanceCycling', '20', 'km'),
    sum('DistanceWalkingRunning', '5', 'km'),
  ].join('')
  const { samples } = await read(triathlon(`<WorkoutActivity uuid="1">${part}</WorkoutActivity>${whole}`))
  expect(
    samples.map((sample) => [sample.data_type, 'value' in sample ? `${sample.value} ${sample.unit}` : '']),
  ).toEqual([
    ['workout', ''],
    ['workout_energy', '700 kcal'],
    ['workout_distance', '25750 m'],
  ])
})

test('elements without end do not fill the memory', async () => {
  const { tally } = await readText(exportOf('<a>'.repeat(2_000_000)), 65_536)
  expect(tally.problem).toMatch(/^Elements are more than 100 deep at line \d+: the file is broken\.$/)
})

test('a version is kept without what cannot be stored', async () => {
  const { samples } = await read(steps({ sourceVersion: '1\u0000\u0007b' }), steps({ sourceVersion: '\u0000' }))
  expect(samples.map((sample) => sample.device_version)).toEqual(['1 b', undefined])
})
