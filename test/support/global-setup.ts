import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { withClient } from '../../src/database/open-database.ts'
import { migrateDatabase } from '../../src/serve.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A Postgres server that has the migrated database `pulsewell_template`. */
    postgresUrl: string
  }
}

/** One Postgres for the whole run: embedded, or the one of TEST_DATABASE_URL. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  const folder = await mkdtemp(join(tmpdir(), 'pulsewell-test-'))
  const server =
    given === undefined
      ? await startEmbeddedServer(folder, () => undefined)
      : { url: given, stop: async () => undefined }
  const template = new URL(server.url)
  template.pathname = '/pulsewell_template'
  await withClient(server.url, async (client) => {
    await client.query('drop database if exists pulsewell_template')
    await client.query('create database pulsewell_template')
  })
  await migrateDatabase(template.href)
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
