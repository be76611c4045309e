import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedServer } from '../src/database/embedded-server.ts'
import { withClient } from '../src/database/open-database.ts'
import { migrateDatabase } from '../src/serve.ts'

/** A database of the benchmark's own, migrated and empty. `folder` is for whatever a server keeps in files. */
export type BenchDatabase = AsyncDisposable & { url: string; folder: string }

/** On the Postgres of BENCH_DATABASE_URL, whose user may create databases, else on an embedded one in a temporary folder. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'pulsewell-bench-'))
  const given = process.env['BENCH_DATABASE_URL']
  const server = given
    ? { url: given, stop: async () => undefined }
    : await startEmbeddedServer(folder, () => undefined)
  const name = `pulsewell_bench_${randomUUID().slice(0, 8)}`
  const close = async () => {
    await withClient(server.url, (client) => client.query(`drop database if exists ${name} with (force)`))
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await withClient(server.url, (client) => client.query(`create database ${name}`))
    const url = new URL(server.url)
    url.pathname = `/${name}`
    await migrateDatabase(url.href)
    return { url: url.href, folder, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
