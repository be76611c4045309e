import type { FastifyRequest } from 'fastify'
import { findTenant } from '../accounts/find-tenant.ts'
import type { Tenant } from '../accounts/schemas.ts'
import { readConnectTokenOwner } from '../connect/connect-tokens.ts'
import type { Context } from '../context.ts'
import { readConnectToken } from '../http/credentials.ts'

type Credentials = Partial<Pick<FastifyRequest, 'tenant' | 'grant' | 'care'>>

/**
 * Whose request it is, as its credentials have proved: undefined where the route asks for none. Connect tokens are
 * looked at by handlers, which is later, so here as well. Throws `unauthorized` for a connect token that is not good.
 */
export async function findTenantOf(context: Context, request: FastifyRequest): Promise<Tenant | undefined> {
  const { tenant, grant, care }: Credentials = request
  if (tenant !== undefined) return tenant
  const id = grant?.tenantId ?? care?.organizationId ?? (await readTenantOfConnectToken(context, request))
  return id === undefined ? undefined : findTenant(context.hotPool, id)
}

async function readTenantOfConnectToken(context: Context, request: FastifyRequest): Promise<string | undefined> {
  const takesConnectTokens = request.routeOptions.schema?.security?.some((each) => 'connectToken' in each) === true
  if (!takesConnectTokens) return undefined
  return (await readConnectTokenOwner(context, readConnectToken(request))).tenantId
}
