import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { type Written, writeExport } from '../../../bench/import/write-export.ts'
import { call } from '../../support/api.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { buildCommand, type Ended, startGate, startImport } from './command.ts'
import { exportOf, quantity } from './support.ts'

let server: TestServer
let folder: string
let state: string
let written: Written
let zip: string
let users = 0
let user: string
beforeAll(async () => {
  ;[server, folder] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'pulsewell-import-')), buildCommand()])
  written = await writeExport(join(folder, 'export.xml'), 3)
  zip = join(folder, 'export.zip')
  await writeZip(zip, join(folder, 'export.xml'))
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  user = `person-${users++}`
  state = await mkdtemp(join(folder, 'state-'))
})

/** As the phone packs it: with what is not imported. The records' size may be given in either of a zip's two forms. */
async function writeZip(path: string, xml: string, forceZip64Format = false): Promise<void> {
  const archive = new ZipFile()
  archive.addBuffer(Buffer.from('<ClinicalDocument/>'.repeat(1000)), 'apple_health_export/export_cda.xml')
  archive.addBuffer(Buffer.from('<gpx/>'), 'apple_health_export/workout-routes/route_2024-01-01.gpx')
  archive.addBuffer(Buffer.from('a,b'), 'apple_health_export/electrocardiograms/ecg_2024-01-01.csv')
  archive.addFile(xml, 'apple_health_export/Exportación.xml', { forceZip64Format })
  archive.end({ forceZip64Format, comment: '' })
  await pipeline(archive.outputStream, createWriteStream(path))
}

const start = (path: string, args: string[] = [], url = server.url) =>
  startImport([path, '--url', url, ...args], { PULSEWELL_KEY: server.keys.live, XDG_STATE_HOME: state })
const run = (path: string, args: string[] = [], url?: string): Promise<Ended> => start(path, args, url).ended
const mine = (): string[] => ['--user', user, '--json']

async function stored(appUserId = user) {
  const { body } = await call(server, 'POST', `/user?appUserId=${appUserId}`, { key: server.keys.live })
  const { rows } = await server.context.pool.query<{ count: number }>(
    'select coalesce(sum(count), 0)::int as count from sample_day where user_id = $1',
    [body.userId],
  )
  return { userId: body.userId as string, count: rows[0]!.count }
}

async function expectAllOnce() {
  const { userId, count } = await stored()
  expect(count).toBe(written.samples)
  for (const [date, steps] of written.steps) {
    const { body } = await call(server, 'GET', `/activity?userId=${userId}&date=${date}`, { key: server.keys.live })
    expect([date, body[0].summary.movement.steps_count]).toEqual([date, steps])
  }
}

test('an export.zip is imported: every sample once, and the steps of each day', async () => {
  const { code, stdout, stderr } = await run(zip, ['--user', user])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(`${written.samples.toLocaleString('en')} new, 0 changed, 0 there already, 0 refused`)
  expect(stdout).toMatch(
    /for Pulsewell has no type for them:\n +141 {2}HKQuantityTypeIdentifierEnvironmentalAudioExposure/,
  )
  await expectAllOnce()
  const again = JSON.parse((await run(zip, mine())).stdout)
  expect(again.uploaded).toMatchObject({ samples: written.samples, inserted: 0, skipped: again.uploaded.batches })
  const restarted = JSON.parse((await run(zip, [...mine(), '--restart'])).stdout)
  expect(restarted.uploaded).toMatchObject({ unchanged: written.samples, skipped: 0 })
})

test('an import that is killed three times sends no acknowledged batch again', async () => {
  let answered = 0
  let onAnswer = () => {}
  const gate = await startGate(server.url, () => {
    answered++
    onAnswer()
  })
  const args = [...mine(), '--concurrency', '2']
  for (const most of [3, 4, 5]) {
    const { child, ended } = start(zip, args, gate.url)
    answered = 0
    onAnswer = () => answered === most && child.kill('SIGKILL')
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stdout: '' })
    // What the server answers to a process that is dead is not the next one's.
    await expect.poll(gate.underWay).toBe(0)
  }
  const recorded = (await readRecord()).length
  expect(recorded).toBeGreaterThanOrEqual(3 + 4 + 5 - 3 * 2)
  answered = 0
  const { code, stdout } = await run(zip, args, gate.url)
  const { uploaded, error } = JSON.parse(stdout)
  gate.stop()
  expect([code, error]).toEqual([0, null])
  expect([uploaded.skipped, answered]).toEqual([recorded, uploaded.batches - recorded])
  expect(await readRecord()).toHaveLength(uploaded.batches)
  await expectAllOnce()
})

async function readRecord(): Promise<string[]> {
  const imports = join(state, 'pulsewell/imports')
  const name = (await readdir(imports)).find((one) => one.endsWith('.record'))
  const lines = (await readFile(join(imports, name!), 'utf8')).match(/^[0-9a-f]{64}$/gm)
  return [...new Set(lines)]
}

test('Ctrl-C ends it cleanly, and says how to go on', async () => {
  let child: ReturnType<typeof start> | undefined
  const gate = await startGate(server.url, () => child?.child.kill('SIGINT'))
  child = start(zip, [...mine(), '--concurrency', '1'], gate.url)
  const { code, stdout, stderr } = await child.ended
  gate.stop()
  expect([code, stderr]).toEqual([130, 'Interrupted.\nRun the same command again: it goes on from here.\n'])
  expect(JSON.parse(stdout).uploaded.batches).toBeLessThan(5)
  expect((await run(zip, mine())).code).toBe(0)
  expect((await stored()).count).toBe(written.samples)
})

test('a zip64 archive, an export.xml and an unpacked folder are read as well', async () => {
  const zip64 = join(folder, 'zip64.zip')
  await writeZip(zip64, join(folder, 'export.xml'), true)
  const unpacked = await mkdtemp(join(folder, 'unpacked-'))
  await copyFile(join(folder, 'export.xml'), join(unpacked, 'Exportación.xml'))
  const counts = await Promise.all(
    [zip64, join(folder, 'export.xml'), unpacked].map(async (path) => {
      const { types } = JSON.parse((await run(path, ['--dry-run', '--json'])).stdout)
      return Object.values<number>(types).reduce((sum, one) => sum + one, 0)
    }),
  )
  expect(counts).toEqual([written.samples, written.samples, written.samples])
})

test('--types, --since and --until choose; what the server refuses is counted and named', async () => {
  const day = (date: string, value: string) => {
    const at = { startDate: `${date} 10:00:00 +0000`, endDate: `${date} 10:00:00 +0000` }
    return quantity('StepCount', 'count', value, at) + quantity('HeartRate', 'count/min', '60', at)
  }
  const path = join(folder, 'choice.xml')
  const days = [day('2024-01-01', '10'), day('2024-01-02', '20'), day('2024-01-03', '31000'), day('2024-01-04', '40')]
  await writeFile(path, exportOf(days.join('')))
  const { stdout, code } = await run(path, [
    ...mine(),
    '--types',
    'steps',
    '--since',
    '2024-01-02',
    '--until',
    '2024-01-04',
  ])
  const { uploaded, types } = JSON.parse(stdout)
  expect([code, types, uploaded.inserted, uploaded.refusals]).toEqual([
    0,
    { steps: 2 },
    1,
    { 'value must be at most 30000 count': 1 },
  ])
})

test('a CSV file of several people makes a user of each; a folder is read with its files of other kinds left out', async () => {
  const csv = await mkdtemp(join(folder, 'fitbit-'))
  await writeFile(
    join(csv, 'steps.csv'),
    `Id,ActivityMinute,Steps\n7,4/12/2016 2:05:00 PM,14\n8,4/12/2016 2:05:00 PM,15\n7,4/12/2016 2:06:00 PM,0\n7,4/12/2016 2:07:00 PM,16\n`,
  )
  await mkdir(join(csv, 'more'))
  await writeFile(join(csv, 'more/hourly.csv'), 'Id,ActivityHour,StepTotal\n')
  const counted = JSON.parse((await run(csv, ['--dry-run', '--json'])).stdout)
  expect([counted.users, counted.types]).toEqual([['7', '8'], { steps: 3 }])
  const refused = await run(csv, ['--user', user])
  expect([refused.code, refused.stdout, refused.stderr]).toEqual([2, '', expect.stringContaining('Say --user-prefix')])
  const { code, stdout } = await run(csv, ['--user-prefix', `${user}-`, '--json', '--timezone', 'Europe/Berlin'])
  const { users: names, left_out, remarks, uploaded } = JSON.parse(stdout)
  expect([code, names, left_out, uploaded.inserted]).toEqual([0, [`${user}-7`, `${user}-8`], { 'steps: is 0': 1 }, 3])
  expect(remarks).toEqual([
    'hourly.csv was left out: its header is Id,ActivityHour,StepTotal',
    'Times without a zone were taken for Europe/Berlin; --timezone changes that.',
  ])
  expect([(await stored(`${user}-7`)).count, (await stored(`${user}-8`)).count]).toEqual([2, 1])
})

test.each<[string, () => Promise<Ended> | Ended, number, string]>([
  [
    'a wrong key',
    () =>
      startImport([zip, '--url', server.url, ...mine()], { PULSEWELL_KEY: 'sk_live_x', XDG_STATE_HOME: state }).ended,
    4,
    'The server does not know this key',
  ],
  [
    'no key',
    () => startImport([zip, ...mine()], {}).ended,
    2,
    'A secret key is needed: in PULSEWELL_KEY, or in the file of --key-file.',
  ],
  [
    'a server that is not there',
    () => run(zip, mine(), 'http://127.0.0.1:9'),
    1,
    'http://127.0.0.1:9 could not be reached',
  ],
  ['a URL that is none', () => run(zip, mine(), 'health.example.org'), 2, '--url: '],
  ['nobody', () => run(zip), 2, 'Say whose data it is: --user'],
  [
    'a user that is not there',
    () => run(zip, ['--user-id', '00000000-0000-4000-8000-000000000000']),
    4,
    'There is no such user.\n',
  ],
  ['a file that is not there', () => run(join(folder, 'none.zip'), mine()), 3, 'none.zip is not there.'],
  [
    'a type that is not there',
    () => run(zip, [...mine(), '--types', 'steps,strides']),
    2,
    '--types: there is no strides.',
  ],
  ['an option that is not there', () => run(zip, ['--key', 'sk_live_x']), 2, "unknown option '--key'"],
])('%s: a plain message, no stack', async (_, end, exitCode, message) => {
  const { code, stderr } = await end()
  expect([code, stderr]).toEqual([exitCode, expect.stringContaining(message)])
  expect(stderr).not.toMatch(/^ +at /m)
})

test('files that were cut off or are of another kind are said to be', async () => {
  const short = join(folder, 'short.zip')
  await copyFile(zip, short)
  await truncate(short, 20_000)
  const shortXml = join(folder, 'short.xml')
  await copyFile(join(folder, 'export.xml'), shortXml)
  await truncate(shortXml, 400_000)
  const other = join(folder, 'other.csv')
  await writeFile(other, 'a,b\n1,2\n')
  const ends = await Promise.all([short, shortXml, other].map((path) => run(path, mine())))
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([
    [3, expect.stringContaining('is no zip archive, or its end is cut off: nothing can be read.')],
    [3, 'The file ends in the middle: it was cut off.\n'],
    [3, expect.stringMatching(/^The header is not one that is known: a,b\nKnown are:\n {2}timestamp,steps/)],
  ])
  const imported = JSON.parse(ends[1]!.stdout).uploaded.inserted
  expect([imported > 100, (await stored()).count]).toEqual([true, imported])
})
