import pg from 'pg'

/** Connection failures (class 08), out of resources (53), shut down or starting (57P), a statement cut short (57014). */
const AWAY = /^(08|53|57P|57014)/
/** Prisma's names for the same: https://www.prisma.io/docs/orm/reference/error-reference */
const PRISMA_AWAY = /^(P1001|P1002|P1008|P1017|P2024|P2037)$/

/**
 * Whether an error means that the database could not be reached or could not answer, so that the same request may
 * succeed later. An error that pg throws and that did not come from the server is a failure of the connection.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return AWAY.test(error.code ?? '')
  if (error instanceof ConnectionFailure) return true
  if (!(error instanceof Error)) return false
  const { code, meta } = error as PrismaError
  return PRISMA_AWAY.test(code ?? '') || AWAY.test(meta?.driverAdapterError?.cause?.originalCode ?? '')
}

/** Whether a statement was cut short since it took too long: the same request may fare no better. */
export const isTooSlow = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '57014'

/** The part of Prisma's errors that tells: its own code, and what Postgres said. */
type PrismaError = Error & { code?: string; meta?: { driverAdapterError?: { cause?: { originalCode?: string } } } }

/** Thrown by `query` and `withTransaction` in place of what pg throws, without a code, when a connection cannot be had or is lost. */
export class ConnectionFailure extends Error {
  constructor(cause: unknown) {
    super('the connection to the database failed', { cause })
    this.name = 'ConnectionFailure'
  }
}
