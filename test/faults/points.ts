/**
 * A place in the program where a process is killed. `before` a statement is sent, or `after` its answer has come and the
 * program has not yet seen it. Statements go by the names of the `*.sql.ts` files, so a renamed one is a point that is
 * never reached, and fails the test. `within`: only in a transaction that has run this statement, with effect.
 */
export type StatementPoint = {
  role: Role
  when: 'before' | 'after'
  statement: string
  within?: string
  /** The process dies there at one of the first so many times. */
  upTo: number
}
export type Role = 'api' | 'worker'

export const statementPoints = {
  'ingest, before it writes': { role: 'api', when: 'before', statement: 'write_days', upTo: 6 },
  'ingest, written and not answered': { role: 'api', when: 'after', statement: 'write_days', upTo: 6 },
  'connection, before its commit': {
    role: 'api',
    when: 'before',
    statement: 'commit',
    within: 'insert_events',
    upTo: 2,
  },
  'connection, committed and not answered': {
    role: 'api',
    when: 'after',
    statement: 'commit',
    within: 'insert_events',
    upTo: 2,
  },
  'change feed, places given and not answered': {
    role: 'api',
    when: 'after',
    statement: 'commit',
    within: 'number_events',
    upTo: 2,
  },
  'announcement, days taken': { role: 'worker', when: 'after', statement: 'take_changed_days', upTo: 6 },
  'announcement, before its commit': {
    role: 'worker',
    when: 'before',
    statement: 'commit',
    within: 'take_changed_days',
    upTo: 6,
  },
  'announcement, before the wake-up': {
    role: 'worker',
    when: 'after',
    statement: 'commit',
    within: 'take_changed_days',
    upTo: 6,
  },
  'claim of first attempts': { role: 'worker', when: 'after', statement: 'claim_pending_deliveries', upTo: 4 },
  'claim of retries': { role: 'worker', when: 'after', statement: 'claim_retry_deliveries', upTo: 2 },
  'record, answers are there': { role: 'worker', when: 'before', statement: 'record_attempts', upTo: 4 },
  'record, before its commit': {
    role: 'worker',
    when: 'before',
    statement: 'commit',
    within: 'record_attempts',
    upTo: 4,
  },
  'record, committed': { role: 'worker', when: 'after', statement: 'commit', within: 'record_attempts', upTo: 4 },
} as const satisfies Record<string, StatementPoint>

/** Where the receiver has the worker killed that has called it. */
export const receiverPoints = {
  'request arrived, not answered': { role: 'worker', upTo: 6 },
  'request answered with 200': { role: 'worker', upTo: 6 },
} as const satisfies Record<string, { role: Role; upTo: number }>

export const points: Record<PointName, { role: Role; upTo: number }> = { ...statementPoints, ...receiverPoints }
export type PointName = keyof typeof statementPoints | keyof typeof receiverPoints

/** What a child does when it reaches `point` for the `nth` time: it ends there, or stops to be continued later. */
export type Plan = { point: PointName; nth: number; signal: 'SIGKILL' | 'SIGSTOP' }
/** A line of the file in which a child notes, with its last breath, that it did. */
export type Strike = { point: PointName; at: number }

/** What tells the receiver which process has called it. */
export const SENT_BY = 'x-sent-by'
