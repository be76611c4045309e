import { v7 as uuidv7 } from 'uuid'
import type { PrismaClient } from '../database/prisma.ts'
import type { Environment, Tenant } from './schemas.ts'

/** Creates an account with its two environments. */
export async function createAccount(prisma: PrismaClient, name: string): Promise<Record<Environment, Tenant>> {
  const accountId = uuidv7()
  const live: Tenant = { id: uuidv7(), accountId, environment: 'live' }
  const sandbox: Tenant = { id: uuidv7(), accountId, environment: 'sandbox' }
  await prisma.account.create({
    data: {
      id: accountId,
      name,
      tenants: {
        create: [live, sandbox].map(({ id, environment }) => ({ id, environment })),
      },
    },
  })
  return { live, sandbox }
}
