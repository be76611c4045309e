import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { expect, test } from 'vitest'
import { forms } from '../../../sdk/cli/src/fitbit/forms.ts'
import { readCsv, type UserSamples } from '../../../sdk/cli/src/fitbit/read-csv.ts'
import { timeReader } from '../../../sdk/cli/src/fitbit/read-time.ts'
import { newTally } from '../../../sdk/cli/src/import/tally.ts'
import { sampleReaders } from '../../../src/samples/batch-schemas.ts'

async function read(text: string | AsyncIterable<string>, zone = 'UTC') {
  const tally = newTally()
  async function* chunks() {
    if (typeof text === 'string') yield text
    else yield* text
  }
  const lists: UserSamples[] = []
  for await (const list of readCsv(chunks(), zone, tally)) lists.push(list)
  return { lists, tally }
}

const first = async (text: string, zone?: string) => (await read(text, zone)).lists[0]!

test.each([
  ['timestamp,steps\n2023-01-01T08:05:00Z,14\n', undefined, 'steps', '2023-01-01T08:05:00.000Z', 60, 14],
  ['timestamp,beats per minute\n2023-01-01T08:05:03Z,61\n', undefined, 'bpm', '2023-01-01T08:05:03.000Z', 0, 61],
  [
    'Id,ActivityMinute,Steps\n1503960366,4/12/2016 2:05:00 PM,14\n',
    '1503960366',
    'steps',
    '2016-04-12T14:05:00.000Z',
    60,
    14,
  ],
  ['Id,Time,Value\n2022484408,4/12/2016 12:21:05 AM,97\n', '2022484408', 'bpm', '2016-04-12T00:21:05.000Z', 0, 97],
  ['user,start,steps\n15,2016-04-13T00:00:00Z,4\n', '15', 'steps', '2016-04-13T00:00:00.000Z', 60, 4],
  ['user,time,bpm\n20,2016-04-01T07:54:00Z,93\n', '20', 'bpm', '2016-04-01T07:54:00.000Z', 0, 93],
])('%j', async (text, user, data_type, start_date, seconds, value) => {
  const { user: found, samples } = await first(text)
  const end_date = new Date(Date.parse(start_date) + seconds * 1000).toISOString()
  expect([found, samples]).toEqual([
    user,
    [expect.objectContaining({ data_type, start_date, end_date, value, device_name: 'Fitbit', device_type: 'band' })],
  ])
  const { data_type: _, ...sample } = samples[0]!
  expect(sampleReaders.v2.get(data_type as 'steps')!.schema.safeParse(sample).error).toBeUndefined()
})

test('a byte order mark, CRLF, quotes and another case do not matter', async () => {
  const { samples } = await first('\ufeff"Timestamp","Steps"\r\n"2023-01-01T08:05:00Z","14"\r\n\r\n')
  expect(samples).toMatchObject([{ value: 14 }])
})

test.each([
  ['Id,ActivityHour,StepTotal\n', 'Id,ActivityHour,StepTotal'],
  ['\u0000\u0001\u0002', '\u0000\u0001\u0002'],
  ['', '(the file is empty)'],
])('the header of %j is not known: it is named, with those that are', async (text, found) => {
  const refusal = expect(read(text)).rejects
  await refusal.toThrow(`The header is not one that is known: ${found}\n`)
  for (const { header } of forms) await expect(read(text)).rejects.toThrow(header.join(','))
})

test.each([
  ['2023-01-01T08:05:00Z,0', 'steps: is 0'],
  ['2023-01-01T08:05:00Z,', 'steps: has a value that is not a number'],
  ['yesterday,5', 'steps: has a date that cannot be read'],
  ['2023-02-30T08:05:00Z,5', 'steps: has a date that cannot be read'],
  ['2023-01-01T25:05:00Z,5', 'steps: has a date that cannot be read'],
  ['2023-01-01T08:05:00Z', 'steps: has another number of columns than the header'],
])('the row %j is left out and counted; the next is read', async (row, reason) => {
  const { lists, tally } = await read(`timestamp,steps\n${row}\n2023-01-01T08:06:00Z,7\n`)
  expect([lists[0]!.samples.length, tally.skipped]).toEqual([1, new Map([[reason, 1]])])
})

test('a line that never ends does not fill the memory', async () => {
  const { tally } = await read(`timestamp,steps\n"${'x'.repeat(1 << 20)}`)
  expect(tally.problem).toContain('broken')
})

test.each([
  ['Europe/Berlin', '2023-07-01 08:05:00', '2023-07-01T06:05:00.000Z'],
  ['Europe/Berlin', '2023-03-26 01:59:59', '2023-03-26T00:59:59.000Z'],
  ['Europe/Berlin', '2023-03-26 02:30:00', '2023-03-26T01:30:00.000Z'],
  ['Europe/Berlin', '2023-03-26 03:00:00', '2023-03-26T01:00:00.000Z'],
  ['Europe/Berlin', '2023-10-29 02:30:00', '2023-10-29T00:30:00.000Z'],
  ['Australia/Lord_Howe', '1/1/2023 12:00:00 AM', '2022-12-31T13:00:00.000Z'],
  ['Asia/Kathmandu', '2023-01-01 00:00', '2022-12-31T18:15:00.000Z'],
  ['Europe/Berlin', '2023-07-01T08:05:00.250-05:30', '2023-07-01T13:35:00.250Z'],
])('in %s, %s is %s', (zone, text, instant) => {
  expect(new Date(timeReader(zone)(text).at).toISOString()).toBe(instant)
})

test('the zone that was taken for times without one is said', async () => {
  const text = 'timestamp,steps\n2023-07-01 08:05:00,4\n'
  const { tally } = await read(text, 'Europe/Berlin')
  expect([...tally.remarks]).toEqual(['Times without a zone were taken for Europe/Berlin; --timezone changes that.'])
  expect((await read(text.replace(',4', 'Z,4'))).tally.remarks).toEqual(new Set())
})

test('real heart rates, by user', async () => {
  const file = join(import.meta.dirname, '../../../bench/fixture/heart-rate.csv.gz')
  const { lists, tally } = await read(createReadStream(file).pipe(createGunzip()).setEncoding('utf8'))
  expect(lists.every(({ user, samples }) => user !== undefined && samples.length <= 1000)).toBe(true)
  expect(lists.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(3708)
  expect([tally.skipped, tally.problem]).toEqual([new Map(), undefined])
})

test('rows of several people in turns are gathered by person', async () => {
  const rows = Array.from({ length: 1200 }, (_, i) =>
    ['a', 'b'].map((user) => `${user},2023-01-01T${new Date(i * 1000).toISOString().slice(11, 19)}Z,60\n`).join(''),
  )
  const { lists } = await read(`Id,Time,Value\n${rows.join('')}`)
  expect(lists.map(({ user, samples }) => [user, samples.length])).toEqual([
    ['a', 1000],
    ['b', 1000],
    ['a', 200],
    ['b', 200],
  ])
})

test('of a file that breaks off, the last row is not taken: it may be half a row', async () => {
  const tally = newTally()
  async function* broken() {
    yield 'timestamp,steps\n2023-01-01T08:05:00Z,14\n2023-01-01T08:06:00Z,1'
    tally.problem = 'broken off'
  }
  const values: unknown[] = []
  for await (const { samples } of readCsv(broken(), 'UTC', tally)) values.push(...samples)
  expect(values).toMatchObject([{ value: 14 }])
})
