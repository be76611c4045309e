import { setTimeout } from 'node:timers/promises'
import type { Client } from './client.ts'
import type { Tenant } from './tenants.ts'

export type Change = { id: string; type: string; userId: string; data: any; occurred_at: string }

export type Followers = {
  /** What each tenant's follower has seen. */
  seen: Map<string, Change[]>
  stop: () => Promise<void>
}

/** Partners that follow the change feed from where they were, while events are being written and places given. */
export function startFollowers(client: Client, tenants: Tenant[], everyMs: number): Followers {
  const seen = new Map<string, Change[]>(tenants.map(({ name }) => [name, []]))
  let isOver = false
  const follow = async (tenant: Tenant) => {
    let cursor: string | undefined
    for (;;) {
      const isLast = isOver
      const read = await readOn(client, tenant, cursor)
      seen.get(tenant.name)!.push(...read.changes)
      cursor = read.cursor
      if (isLast) return
      if (!isOver) await setTimeout(everyMs)
    }
  }
  const following = Promise.all(tenants.map(follow))
  return {
    seen,
    stop: async () => {
      isOver = true
      await following
    },
  }
}

/** The feed from `cursor` to its end. */
export async function readOn(client: Client, { key }: Tenant, from?: string) {
  const changes: Change[] = []
  let cursor = from
  for (;;) {
    const path = `/changes?limit=1000${cursor === undefined ? '' : `&cursor=${cursor}`}`
    const { status, body } = await client.ask('GET', path, { key })
    if (status !== 200) throw new Error(`the change feed answered ${status}: ${JSON.stringify(body)}`)
    changes.push(...(body.data as Change[]))
    cursor = body.next_cursor as string
    if (body.has_more !== true) return { changes, cursor }
  }
}
