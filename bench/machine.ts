import { availableParallelism, cpus, totalmem } from 'node:os'
import pg from 'pg'

/** What the figures were measured on: without it they say nothing. */
export async function describeMachine(databaseUrl: string): Promise<string> {
  return `${describeHost()}, ${await describePostgres(databaseUrl)}`
}

export function describeHost(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  const model = cpus()[0]?.model ?? 'unknown CPU'
  return `${availableParallelism()} cores of ${model}, ${memory} GiB, Node ${process.versions.node}`
}

/** With the settings that change what a commit costs. */
async function describePostgres(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ text: string }>(
      `select format('Postgres %s (fsync %s, synchronous_commit %s, shared_buffers %s)', split_part(current_setting('server_version'), ' ', 1),
                     current_setting('fsync'), current_setting('synchronous_commit'), current_setting('shared_buffers')) as text`,
    )
    return rows[0]?.text ?? ''
  } finally {
    await client.end()
  }
}
