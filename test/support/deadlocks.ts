import type { TestServer } from './server.ts'

/** How many deadlocks Postgres has ended in the test's database: each took it a second, and a request that is run again. */
export async function countDeadlocks({ context }: TestServer): Promise<number> {
  const { rows } = await context.pool.query<{ deadlocks: string }>(
    `select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()`,
  )
  return Number(rows[0]!.deadlocks)
}
