import { randomUUID } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { withClient } from '../../src/database/open-database.ts'

test('a database that cannot store every script is refused', async () => {
  const url = new URL(inject('postgresUrl'))
  const name = `latin_${randomUUID().replaceAll('-', '')}`
  const create = `create database ${name} template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'`
  await withClient(url.href, (client) => client.query(create))
  url.pathname = `/${name}`
  await expect(withClient(url.href, migrate)).rejects.toThrow("The database's encoding is LATIN1; it must be UTF8.")
})
