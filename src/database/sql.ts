import { Prisma } from './generated/client.ts'
import type { Queryable } from './pool.ts'
import { asConnectionFailure } from './query.ts'

/** SQL that is put together from pieces, each with its own values; no text of a request becomes part of it. */
export const { sql, join, raw, empty } = Prisma
export type Sql = Prisma.Sql

/** Runs what was put together and returns its rows. Throws as `query` does. */
export async function run<Row extends object>(db: Queryable, { text, values }: Sql): Promise<Row[]> {
  try {
    const result = await db.query<Row>(text, values)
    return result.rows
  } catch (error) {
    throw asConnectionFailure(error)
  }
}
