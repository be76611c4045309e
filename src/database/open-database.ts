import pg from 'pg'
import type { Config } from '../config.ts'
import { OperatorError } from '../errors.ts'
import { type EmbeddedServer, startEmbeddedServer, withEmbeddedServer } from './embedded-server.ts'

/** The database of DATABASE_URL, or an embedded one for this process alone. `onLost`: see `startEmbeddedServer`. */
export async function openDatabase(config: Config, onLost: () => void): Promise<EmbeddedServer> {
  if (config.databaseUrl === undefined) return startEmbeddedServer(config.dataDir, onLost)
  return { url: config.databaseUrl, stop: async () => undefined }
}

/** Runs a command's `work` on the same database, beside a server that may be running. */
export function withDatabase<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl === undefined) return withEmbeddedServer(config.dataDir, work)
  return work(config.databaseUrl)
}

/** One connection of its own. Throws OperatorError when there is no answer, or it is lost meanwhile. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  const { host } = new URL(url)
  // What is lost shows at the next statement; an event that nobody hears would end the process.
  let isLost = false
  client.on('error', () => {
    isLost = true
  })
  await client.connect().catch((cause: Error) => {
    throw new OperatorError(`The database at ${host} cannot be reached: ${cause.message || cause.name}`, { cause })
  })
  try {
    return await work(client)
  } catch (cause) {
    if (!isLost) throw cause
    throw new OperatorError(`The connection to the database at ${host} was lost.`, { cause })
  } finally {
    await client.end()
  }
}
