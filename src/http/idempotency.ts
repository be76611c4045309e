import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { type Unit, withUnit } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { houseDialect } from './dialects.ts'
import * as sql from './idempotency.sql.ts'

/** How long a key stands for what it was first sent with. */
const KEPT_MS = 24 * 3_600_000

const HEADER = 'idempotency-key'

/** For the API's document; what is sent is judged by `answerOnce`. */
export const IdempotencyHeaders = z.looseObject({
  [HEADER]: z
    .string()
    .optional()
    .describe('The same request with the same key is done once, and for 24 h gets the same answer.'),
})

const TYPE = 'application/json; charset=utf-8'

/** Refusals that the state of things leads to: a request sent again gets them again, as it gets what was done. */
const keptRefusals = [404, 409, 422]

type Asked = { tenantId: string; route: string; key: string; fingerprint: Buffer }
/** `userId`: whom it is about, where that is a user. */
type Answer = { status: number; body: string; isReplayed: boolean; userId?: string | undefined }

/**
 * Answers a POST with what `work` does in one transaction, and with an `Idempotency-Key` does it once: what it is
 * answered is committed with what it did, and the same request gets that again for 24 h, whichever process it meets. Throws
 * `conflict` while the first is still under way, and where the key came with another body. `status` is that of success;
 * the tenant must be known. Return what it returns from the handler.
 */
export async function answerOnce<Result>(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  work: (unit: Unit) => Promise<Result>,
): Promise<Result> {
  reply.code(status)
  const asked = readKey(request)
  if (asked === undefined) return withUnit(context.pool, work)
  const answer = await withUnit(context.pool, async (unit) => {
    await lock(unit.tx, asked)
    const known = await readAnswer(context, unit.tx, asked)
    if (known !== undefined) return known
    const made = await doWork(unit, work, (result) => toText(reply, result), request, status)
    const values = [asked.tenantId, asked.route, asked.key, asked.fingerprint]
    const sealed = context.secrets.seal(made.body)
    await query(unit.tx, sql.insertAnswer, [...values, made.status, sealed, context.now(), made.userId ?? null])
    return made
  })
  if (answer.isReplayed) reply.header('idempotent-replayed', 'true')
  // The bytes that were stored, in place of the result that they were made of.
  return reply.code(answer.status).type(TYPE).send(answer.body) as unknown as Result
}

function readKey(request: FastifyRequest): Asked | undefined {
  const key = request.headers[HEADER]
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    const reason = 'must be 1 to 255 visible ASCII characters'
    throw new AppError('validation_error', `Idempotency-Key ${reason}`, {
      details: [{ field: 'Idempotency-Key', reason }],
    })
  }
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(request.body ?? {}))
    .digest()
  return { tenantId: request.tenant.id, route: routeOf(request), key, fingerprint }
}

/** The same for every way to write its URL. */
function routeOf({ routeOptions: { url = '' }, params }: FastifyRequest): string {
  const values = params as Record<string, string | number>
  return url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name]!))
}

/** Not waited for: requests that wait would hold the connections that the first may need. */
async function lock(tx: Transaction, { tenantId, route, key }: Asked): Promise<void> {
  const [row] = await query<{ isLocked: boolean }>(tx, sql.tryLock, [`${tenantId} ${route} ${key}`])
  if (row?.isLocked === true) return
  throw keyConflict('belongs to a request that is still under way', 1)
}

async function readAnswer({ secrets, now }: Context, tx: Transaction, asked: Asked): Promise<Answer | undefined> {
  type Row = { fingerprint: Buffer; status: number; answer: Buffer }
  const since = new Date(now().getTime() - KEPT_MS)
  const [row] = await query<Row>(tx, sql.selectAnswer, [asked.tenantId, asked.route, asked.key, since])
  if (row === undefined) return undefined
  if (!row.fingerprint.equals(asked.fingerprint)) throw keyConflict('came with another body before')
  if (row.answer.length === 0) throw keyConflict('was answered with what has been deleted with its user')
  return { status: row.status, body: secrets.open(row.answer), isReplayed: true }
}

/** A refusal takes back what `work` did before it, and is an answer like any other. */
async function doWork<Result>(
  unit: Unit,
  work: (unit: Unit) => Promise<Result>,
  toBody: (result: Result) => string,
  request: FastifyRequest,
  status: number,
): Promise<Answer> {
  const { tx } = unit
  const actions: (() => void)[] = []
  await tx.query('savepoint work')
  try {
    const result = await work({ tx, afterCommit: (action) => void actions.push(action) })
    for (const action of actions) unit.afterCommit(action)
    const { user_id: userId } = result as { user_id?: string }
    return { status, body: toBody(result), isReplayed: false, userId }
  } catch (error) {
    if (!(error instanceof AppError) || !keptRefusals.includes(error.status)) throw error
    await tx.query('rollback to savepoint work')
    const refusal = houseDialect(error, request)
    return { status: refusal.status, body: JSON.stringify(refusal.body), isReplayed: false }
  }
}

/** As the route's schema has it; every serializer here makes text. */
const toText = (reply: FastifyReply, result: unknown): string => reply.serialize(result) as string

const keyConflict = (reason: string, retryAfterSeconds?: number) =>
  new AppError('conflict', `Idempotency-Key ${reason}.`, {
    details: [{ field: 'Idempotency-Key', reason }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })

const BATCH = 500

/** Removes answers that are no longer given, until `signal` aborts. */
export async function removeOldAnswers({ pool, now }: Context, signal: AbortSignal): Promise<void> {
  const before = new Date(now().getTime() - KEPT_MS)
  while (!signal.aborted) {
    if ((await query(pool, sql.deleteOldAnswers, [before, BATCH])).length < BATCH) return
  }
}

/** Seals every stored answer anew under the current key, as `secrets reencrypt` needs it. Returns how many. */
export async function reencryptAnswers({ pool, secrets }: Pick<Context, 'pool' | 'secrets'>): Promise<number> {
  type Row = { tenantId: string; route: string; key: string; answer: Buffer }
  let after: unknown[] = ['00000000-0000-0000-0000-000000000000', '', '']
  for (let count = 0; ;) {
    const rows = await query<Row>(pool, sql.selectAnswersAfter, [...after, BATCH])
    for (const { tenantId, route, key, answer } of rows) {
      after = [tenantId, route, key]
      const anew = secrets.seal(secrets.open(answer))
      count += (await query(pool, sql.replaceAnswer, [...after, answer, anew])).length
    }
    if (rows.length < BATCH) return count
  }
}
