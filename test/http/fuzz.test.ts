import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { closeContext, openContext, openLog } from '../../src/context.ts'
import { gistOf, type Pair, pairsOf } from '../support/fuzz/another-accounts.ts'
import { faultsOf, INSIDES } from '../support/fuzz/judge.ts'
import { type Operation, readDocument } from '../support/fuzz/operations.ts'
import { HEALTH_VALUE, populate, type Populated } from '../support/fuzz/populate.ts'
import { exchangeBytes, rawRequests } from '../support/fuzz/raw-requests.ts'
import { type Request, requestsTo } from '../support/fuzz/requests.ts'
import { type Received, sendAll } from '../support/fuzz/send.ts'
import { type ServerProcess, startServerProcess } from '../support/process.ts'
import { cloneDatabase } from '../support/server.ts'

/** FUZZ_SEED draws others; FUZZ_CASES more of them, for a run by hand. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const CASES = Number(process.env['FUZZ_CASES'] ?? 2500)
const SLOW_MS = 10_000
const SHOWN = 20

const document = await readDocument()
let server: ServerProcess
let populated: Populated
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-fuzz-'))
  const limits = Object.fromEntries(
    ['KEY', 'SAMPLES', 'AUTHENTICATION', 'STUDIES'].map((n) => [`RATE_LIMIT_${n}`, '1000000000']),
  )
  const databaseUrl = await cloneDatabase()
  const environment = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, LOG_LEVEL: 'info', ...limits }
  server = await startServerProcess(environment)
  const context = await openContext(readConfig(environment), databaseUrl, openLog({ logLevel: 'silent' }))
  populated = await populate(server.url, context.prisma)
  await closeContext(context)
}, 120_000)
afterAll(async () => {
  await server.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
})

/** What is deleted is deleted last, and the user at the very end; until then there is something to ask for. */
const lateness = ({ id, method }: Operation) => (id === 'deleteUser' ? 2 : Number(method === 'DELETE'))
const operations = document.operations.toSorted((a, b) => lateness(a) - lateness(b))

/** Of each operation so many that name what is the other account's, and are right in the rest as often as not. */
const OF_OTHER = 6

function* drawRequests(): Generator<Request> {
  const ofOther = { ...populated, known: { ...populated.known, ...populated.foreign } }
  const each = Math.ceil(CASES / operations.length)
  for (const [index, operation] of operations.entries()) {
    yield* fc.sample(requestsTo(operation, document, ofOther), { seed: SEED + index, numRuns: OF_OTHER })
    // In parts, so that a long run does not hold all of them.
    for (let drawn = 0; drawn < each; drawn += 500) {
      const options = { seed: SEED + index * 7919 + drawn, numRuns: Math.min(500, each - drawn) }
      yield* fc.sample(requestsTo(operation, document, populated), options)
    }
  }
}

const show = ({ request, status, body, ms }: Received, faults: string[]) => ({
  faults: faults.join('; '),
  request: `${request.operation.method} ${request.path.slice(0, 500)}`,
  headers: request.headers,
  sent: request.body?.toString().slice(0, 1000),
  answer: `${status} ${body.slice(0, 500)}`,
  ms: Math.round(ms),
})

test("what is another account's is answered as what nobody has", async () => {
  const pairs = operations.flatMap((operation) => pairsOf(operation, document, populated, SEED))
  const gists = new Map<Request, string>()
  const requests = pairs.flatMap(({ theirs, nobodys }) => [theirs, nobodys])
  await sendAll(server.url, requests.values(), (answer) => gists.set(answer.request, gistOf(answer)))
  const told = pairs.map(({ theirs, nobodys }) => [
    `${theirs.operation.method} ${theirs.path}`,
    gists.get(theirs),
    gists.get(nobodys),
  ])
  expect(told.filter(([, theirs, nobodys]) => theirs !== nobodys)).toEqual([])
  // A request that is wrong in the rest is refused before anything is looked for.
  const isLookedFor = ({ theirs }: Pair) => /^(?:200|403|404) /.test(gists.get(theirs)!)
  const idsOf = (some: Pair[]) => [...new Set(some.map(({ theirs }) => theirs.operation.id))]
  expect(idsOf(pairs.filter(isLookedFor))).toEqual(idsOf(pairs))
  expect(idsOf(pairs).length).toBeGreaterThan(90)
}, 60_000)

test(`no request makes it fail, tell of its insides, or show what is another account's (seed ${SEED})`, async () => {
  const bad: object[] = []
  const counts: Record<number, number> = {}
  await sendAll(server.url, drawRequests(), (answer) => {
    counts[answer.status] = (counts[answer.status] ?? 0) + 1
    if (answer.status < 0) return
    const faults = answer.status === 0 ? ['has no answer'] : faultsOf(answer)
    if (answer.ms > SLOW_MS) faults.push('is slow')
    if (faults.length > 0 && bad.length < SHOWN) bad.push(show(answer, faults))
  })
  if (process.env['FUZZ_CASES'] !== undefined) console.log(counts)
  expect(bad).toEqual([])
  expect(server.child.exitCode).toBe(null)
}, 3_600_000)

test.each(Object.entries(rawRequests))('%s on the wire is answered or hung up on', async (_name, bytes) => {
  const answer = await exchangeBytes(server.url, bytes)
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(statuses.filter((status) => status >= 500)).toEqual([])
  expect(answer === '' || statuses.length > 0).toBe(true)
  // Past the reason of a refusal there is nothing to learn from it.
  expect(INSIDES.exec(answer)).toBe(null)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
})

test('nothing of it is logged as an error, and no secret and no health value is logged', () => {
  const output = server.output()
  const lines = output.split('\n').filter((line) => line.startsWith('{'))
  expect(lines.filter((line) => JSON.parse(line).level >= 50).slice(0, 10)).toEqual([])
  expect(populated.secrets.filter((secret) => output.includes(secret))).toEqual([])
  // A number may be part of a time or of an id.
  expect(lines.find((line) => new RegExp(`[^\\w.-]${HEALTH_VALUE}[^\\w.-]`).test(line))).toBe(undefined)
})
