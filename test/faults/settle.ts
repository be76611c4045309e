import { setTimeout } from 'node:timers/promises'
import { withClient } from '../../src/database/open-database.ts'
import { hurry, LEFT_WAITING } from './storm.ts'

/** A lease of 30 s that was taken as the storm ended, the sweep that finds it, and the attempts that follow: 10 at most. */
const LONGEST_MS = 90_000

/** What is still to come: days to tell of, deliveries that will be attempted without anybody's doing. */
const UNSETTLED = `
  select (select count(*) from changed_day)::int + count(*)::int as count
  from delivery where status in ('pending', 'sending') or (status = 'retry' and not (${LEFT_WAITING}))`

/** Waits until the server has come to rest. Returns false when it has not, in time that is more than enough. */
export async function settle(url: string): Promise<boolean> {
  const deadline = Date.now() + LONGEST_MS
  while (Date.now() < deadline) {
    await hurry(url, `not (${LEFT_WAITING})`)
    const { rows } = await withClient(url, (client) => client.query<{ count: number }>(UNSETTLED))
    if (rows[0]!.count === 0) return true
    await setTimeout(500)
  }
  return false
}
