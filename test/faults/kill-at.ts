/**
 * Loaded into the server's processes before their own code (`node --import`): has the process killed at an exact place.
 * FAULT_NAME is what the process is called, FAULT_PLAN a Plan, FAULT_FILE where it notes that it struck.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import pg from 'pg'
import { type Plan, SENT_BY, type StatementPoint, statementPoints } from './points.ts'

const { FAULT_NAME, FAULT_PLAN, FAULT_FILE } = process.env
const plan = FAULT_PLAN === undefined ? undefined : (JSON.parse(FAULT_PLAN) as Plan)

// The signature does not cover the headers: the receiver learns whom to blame, and the message is as it would be.
subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { addHeader: (name: string, value: string) => void } }
  request.addHeader(SENT_BY, FAULT_NAME ?? '')
})

// A test that dies leaves nothing running behind.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, 1000).unref()

if (plan !== undefined && plan.point in statementPoints) watch(plan)

type Result = { rowCount: number | null }
type Callback = (error: Error | null, result: Result) => void

/** Every statement of the pool and of transactions goes through `Client.query`, with a callback or for a promise. */
function watch({ point, nth, signal }: Plan): void {
  const place: StatementPoint = statementPoints[point as keyof typeof statementPoints]
  const { when, statement, within } = place
  /** What the transaction that is open on a connection has done. */
  const done = new WeakMap<pg.Client, Set<string>>()
  let times = 0

  const reach = (client: pg.Client, name: string, moment: 'before' | 'after') => {
    if (name !== statement || moment !== when) return
    if (within !== undefined && done.get(client)?.has(within) !== true) return
    if (++times !== nth) return
    appendFileSync(FAULT_FILE ?? '', `${JSON.stringify({ point, at: Date.now() })}\n`)
    process.kill(process.pid, signal)
  }
  const answered = (client: pg.Client, name: string, { rowCount }: Result) => {
    // A statement that found nothing to do is not what is meant.
    if (name !== 'commit' && rowCount === 0) return
    done.get(client)?.add(name)
    reach(client, name, 'after')
  }

  const { query } = pg.Client.prototype as unknown as { query: (...args: any[]) => any }
  const watched = function (this: pg.Client, ...args: any[]): unknown {
    const [config] = args
    const name: unknown = typeof config === 'string' ? config : config?.name
    if (typeof name !== 'string') return query.apply(this, args)
    if (name === 'begin') done.set(this, new Set())
    reach(this, name, 'before')
    const callback = args.at(-1) as Callback | undefined
    if (typeof callback !== 'function') {
      return query.apply(this, args).then((result: Result) => {
        answered(this, name, result)
        return result
      })
    }
    const wrapped: Callback = (error, result) => {
      if (error === null || error === undefined) answered(this, name, result)
      callback(error, result)
    }
    return query.apply(this, [...args.slice(0, -1), wrapped])
  }
  Object.assign(pg.Client.prototype, { query: watched })
}
