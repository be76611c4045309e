import { PulsewellClient, PulsewellError, UploadError } from '@pulsewell/sdk'
import type { UserSamples } from '../fitbit/read-csv.ts'
import { exitCodes, ImportError } from './failures.ts'
import { openSource, type Source } from './open-source.ts'
import { type ImportFlags, readConcurrency, readKey, readSelection, readZone } from './options.ts'
import { type Progress, showProgress } from './progress.ts'
import type { OnBytes } from './read-bytes.ts'
import { openRecord, recordPathOf } from './record-path.ts'
import type { Report } from './report.ts'
import { count, newTally, sumOf, type Tally } from './tally.ts'
import { newUploaded, type UploadPlan, uploadUsers } from './upload-users.ts'
import { openUsers, type Users } from './users.ts'

type Surroundings = { environment: NodeJS.ProcessEnv; signal: AbortSignal; screen: NodeJS.WriteStream }

/**
 * Imports the file or folder `path`, or with `dryRun` only counts what there is. What went wrong after it began is the
 * report's `failure`. Throws an `ImportError` when there is nothing to report.
 */
export async function runImport(path: string, flags: ImportFlags, surroundings: Surroundings): Promise<Report> {
  const isWanted = readSelection(flags)
  const concurrency = readConcurrency(flags.concurrency)
  const source = await openSource(path, readZone(flags.timezone))
  const clients = flags.dryRun === true ? undefined : await openClients(flags, surroundings)
  const users = openUsers(clients?.first, flags, surroundings.signal)
  const tally = newTally()
  const uploaded = newUploaded()
  const report: Report = { path, url: flags.url, isDryRun: clients === undefined, users: users.names, tally, uploaded }
  const begin = performance.now()
  const progress = showProgress(surroundings.screen, source.bytes)
  const { signal } = surroundings
  // Also where nothing of the file is wanted.
  const onBytes = (bytes: number) => {
    if (signal.aborted) throw interrupted()
    progress.addBytes(bytes)
  }
  const samples = untilInterrupted(select(source, isWanted, users, tally, onBytes), signal)
  try {
    if (clients === undefined) await countSamples(samples, tally, progress)
    else {
      const provider = (flags.provider ?? source.provider) as UploadPlan['provider']
      const record = await openRecordOf(path, flags, surroundings)
      const plan = { client: clients.lasting, provider, record, userIdOf: users.idOf, onSamples: progress.setSamples }
      try {
        await uploadUsers(samples, { ...plan, concurrency, signal }, uploaded)
      } finally {
        await record.close()
      }
    }
  } catch (error) {
    report.failure = toFailure(error, signal)
  } finally {
    progress.stop()
  }
  report.seconds = (performance.now() - begin) / 1000
  if (tally.problem !== undefined) report.failure ??= new ImportError(tally.problem, exitCodes.file)
  return report
}

type Clients = {
  /** Says soon that the server cannot be reached: nothing has begun yet. */
  first: PulsewellClient
  /** Waits through a server's restart. */
  lasting: PulsewellClient
}

async function openClients({ url, keyFile }: ImportFlags, { environment }: Surroundings): Promise<Clients> {
  const apiToken = await readKey(keyFile, environment)
  try {
    const retry = { maxAttempts: 3, maxElapsedMs: 10_000 }
    return {
      first: new PulsewellClient({ baseUrl: url, apiToken, retry, timeoutMs: 10_000 }),
      lasting: new PulsewellClient({ baseUrl: url, apiToken }),
    }
  } catch (error) {
    throw new ImportError(`--url: ${(error as Error).message}`, exitCodes.usage)
  }
}

async function openRecordOf(path: string, flags: ImportFlags, { environment }: Surroundings) {
  const file = flags.record ?? (await recordPathOf(path, flags.url, environment))
  return openRecord(file, flags.restart === true)
}

/** The samples that were asked for, counted by type. */
async function* select(
  source: Source,
  isWanted: ReturnType<typeof readSelection>,
  users: Users,
  tally: Tally,
  onBytes: OnBytes,
): AsyncGenerator<UserSamples> {
  for await (const { user, samples } of source.read(tally, onBytes)) {
    users.check(user)
    const wanted = samples.filter(isWanted)
    for (const { data_type } of wanted) count(tally.samples, data_type)
    if (wanted.length > 0) yield { user, samples: wanted }
  }
}

async function* untilInterrupted(lists: AsyncIterable<UserSamples>, signal: AbortSignal): AsyncGenerator<UserSamples> {
  for await (const list of lists) {
    signal.throwIfAborted()
    yield list
  }
}

async function countSamples(lists: AsyncIterable<UserSamples>, tally: Tally, progress: Progress): Promise<void> {
  for await (const _ of lists) progress.setSamples(sumOf(tally.samples))
}

const interrupted = () => new ImportError('Interrupted.', exitCodes.interrupted)

/** What a person can do something about; anything else is a fault of this program, and thrown on. */
function toFailure(error: unknown, signal: AbortSignal): ImportError {
  if (signal.aborted) return interrupted()
  const cause = error instanceof UploadError ? error.cause : error
  if (cause instanceof ImportError) return cause
  if (cause instanceof PulsewellError)
    return new ImportError(describe(cause), isLasting(cause) ? exitCodes.refused : exitCodes.failed)
  // What the operating system said, such as that the disk is full.
  if (cause instanceof Error && 'code' in cause) return new ImportError(cause.message, exitCodes.failed)
  throw error
}

const isLasting = ({ status = 0 }: PulsewellError) => status >= 400 && status < 500 && status !== 408 && status !== 429

const describe = ({ status, message }: PulsewellError): string =>
  status === 401 ? 'The server does not know this key: it wants a secret key (sk_live_... or sk_test_...).' : message
