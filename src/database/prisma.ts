import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'
import type { Pool } from './pool.ts'

/** Prisma over the server's own pool: single-row work and hand-written SQL share its connections. */
export function openPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' })
}

export type { PrismaClient } from './generated/client.ts'
