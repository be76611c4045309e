import { hashCredential, randomToken } from '../accounts/credential.ts'
import type { Environment, Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { isForeignKeyViolation } from '../database/prisma.ts'
import { requireUser, userNotFound } from '../users/users.ts'

const LIFETIME_MS = 10 * 60_000

/** A token that a person's own app or browser may hold: good for 10 minutes, for as many uses as they take. */
export async function createConnectToken({ prisma, now }: Context, tenant: Tenant, userId: string) {
  await requireUser(prisma, tenant, userId)
  const token = randomToken()
  const expiresAt = new Date(now().getTime() + LIFETIME_MS)
  await prisma.connectToken
    .create({ data: { hash: hashCredential(token), userId, expiresAt } })
    .catch((error: unknown) => {
      // Deleted since it was found.
      throw isForeignKeyViolation(error) ? userNotFound() : error
    })
  return { token }
}

/**
 * Whose connect token it is. Throws `unauthorized` when it is missing, unknown, expired, or not of `tenant`, where one
 * is given.
 */
export async function readConnectTokenOwner({ prisma, now }: Context, token: string | undefined, tenant?: Tenant) {
  const found =
    token === undefined
      ? null
      : await prisma.connectToken.findUnique({
          where: { hash: hashCredential(token) },
          include: { user: { include: { tenant: true } } },
        })
  const isOthers = tenant !== undefined && found?.user.tenantId !== tenant.id
  if (found === null || isOthers || found.expiresAt <= now()) {
    throw new AppError('unauthorized', 'The connect token is missing, unknown or expired.')
  }
  const environment = found.user.tenant.environment as Environment
  return { userId: found.userId, tenantId: found.user.tenantId, environment, expiresAt: found.expiresAt }
}

export async function removeExpiredConnectTokens({ prisma, now }: Context): Promise<void> {
  await prisma.connectToken.deleteMany({ where: { expiresAt: { lt: now() } } })
}
