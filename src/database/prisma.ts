import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient as Client } from './generated/client.ts'
import type { Pool } from './pool.ts'
import { asConnectionFailure } from './query.ts'

/** Prisma over the server's own pool: single-row work and hand-written SQL share its connections and its errors. */
export function openPrisma(pool: Pool) {
  const client = new Client({ adapter: new PrismaPg(pool), errorFormat: 'minimal' })
  return client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args)
        } catch (error) {
          throw asConnectionFailure(error)
        }
      },
    },
  })
}

/** https://www.prisma.io/docs/orm/reference/error-reference#p2003 */
export const isForeignKeyViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2003'

export type PrismaClient = ReturnType<typeof openPrisma>
