import { v7 as uuidv7 } from 'uuid'
import type { Tenant } from '../accounts/schemas.ts'
import type { Transaction } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import type { ConnectedUsers, User } from './schemas.ts'
import * as sql from './users.sql.ts'

/** Creates the user with the app's own id, or finds it. */
export async function createUser(prisma: PrismaClient, tenant: Tenant, appUserId: string): Promise<{ userId: string }> {
  const key = { tenantId: tenant.id, appUserId }
  for (;;) {
    const found = await prisma.user.findUnique({ where: { tenantId_appUserId: key }, select: { id: true } })
    if (found !== null) return { userId: found.id }
    const id = uuidv7()
    const { count } = await prisma.user.createMany({ data: [{ id, ...key }], skipDuplicates: true })
    if (count === 1) return { userId: id }
    // Somebody else created it at the same moment: it is there to be found, unless it was deleted again.
  }
}

/** Creates a user whom no app has an id for: that of the user stands in its place. Returns it. */
export async function insertUser(tx: Transaction, tenant: Tenant): Promise<string> {
  const id = uuidv7()
  await query(tx, sql.insertUser, [id, tenant.id])
  return id
}

/** Whether the user is this tenant's; then it stays there until the transaction ends. */
export const keepUser = async (tx: Transaction, tenant: Tenant, userId: string): Promise<boolean> =>
  (await query(tx, sql.keepUser, [userId, tenant.id])).length > 0

/** Of a user that was found through its tenant. */
export async function setEmailAddress(tx: Transaction, userId: string, email: string | null, now: Date): Promise<void> {
  await query(tx, sql.updateEmailAddress, [userId, email, now])
}

/** Throws `user_not_found` unless the user is this tenant's. */
export async function requireUser(
  prisma: PrismaClient,
  tenant: Tenant,
  userId: string,
): Promise<{ providers: string[] }> {
  const user = await prisma.user.findFirst({
    where: { id: userId, tenantId: tenant.id },
    select: { connections: { select: { provider: true }, orderBy: { provider: 'asc' } } },
  })
  if (user === null) throw userNotFound()
  return { providers: user.connections.map((connection) => connection.provider) }
}

/** What each connected provider tells of the user. Throws `user_not_found`. */
export async function readUser(prisma: PrismaClient, tenant: Tenant, userId: string, date: string): Promise<User[]> {
  const { providers } = await requireUser(prisma, tenant, userId)
  return providers.map((source) => ({ metadata: { date, source } }))
}

export const userNotFound = () => new AppError('user_not_found', 'There is no such user.')

/** Every user of the tenant, oldest first. */
export async function listUsers(prisma: PrismaClient, tenant: Tenant): Promise<ConnectedUsers> {
  const users = await prisma.user.findMany({
    where: { tenantId: tenant.id },
    select: { id: true, appUserId: true, connections: { select: { provider: true }, orderBy: { provider: 'asc' } } },
    orderBy: { id: 'asc' },
  })
  return {
    connectedUsers: users.map(({ id, appUserId, connections }) => ({
      metriportUserId: id,
      appUserId,
      connectedProviders: connections.map((connection) => connection.provider),
    })),
  }
}
