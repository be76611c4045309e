import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool, type Pool } from '../../src/database/pool.ts'
import { openLog } from '../../src/context.ts'
import { cloneDatabase } from '../support/server.ts'

const PRISMA = join(import.meta.dirname, '../../prisma/schema.prisma')

let pool: Pool

beforeAll(async () => {
  pool = openPool(await cloneDatabase(), 2, openLog({ logLevel: 'silent' }))
})
afterAll(() => pool.end())

/** Prisma's type, with its native one → Postgres's. */
const postgresType: Record<string, string> = {
  'String @db.Uuid': 'uuid',
  String: 'text',
  'DateTime @db.Timestamptz(3)': 'timestamp with time zone',
  'DateTime @db.Date': 'date',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric',
  Bytes: 'bytea',
  Json: 'jsonb',
  'String[]': '_text',
  'Int[]': '_int4',
  'Float[]': '_float8',
}

test('schema.prisma describes the tables that the migrations make', async () => {
  const { rows } = await pool.query(`
    select c.table_name as table, c.column_name as column, c.is_nullable = 'YES' as nullable,
           case when c.data_type = 'ARRAY' then c.udt_name else c.data_type end as type
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name <> '_prisma_migrations'`)
  const inDatabase = rows.map(({ table, column, type, nullable }) => `${table}.${column} ${type}${nullable ? '?' : ''}`)
  expect(inDatabase.toSorted()).toEqual(columnsOf(readFileSync(PRISMA, 'utf8')).toSorted())
})

function columnsOf(schema: string): string[] {
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)]
  const names = new Set(models.map(([, name]) => name))
  return models.flatMap(([, , body]) => {
    const table = /@@map\("(\w+)"\)/.exec(body!)![1]
    return body!.split('\n').flatMap((line) => {
      const field = /^ {2}(\w+)\s+(\w+)(\[\])?(\?)?(.*)$/.exec(line)
      if (field === null || names.has(field[2])) return []
      const [, name, type, list = '', optional = '', attributes = ''] = field
      const column = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? name
      const native = /@db\.[\w()]+/.exec(attributes)?.[0]
      const known = postgresType[`${type}${list}${native === undefined ? '' : ` ${native}`}`]
      // Prisma has no lists that may be null: it reads null as an empty one.
      const nullable = optional === '?' || (table === 'sample_day' && (column === 'spill' || column === 'values'))
      return [`${table}.${column} ${known}${nullable ? '?' : ''}`]
    })
  })
}
