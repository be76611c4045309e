import type { Tenant } from '../accounts/schemas.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import { instantsOf } from '../http/list-query.ts'
import { offsetOf, type Page, toPage } from '../http/paging.ts'
import type { Endpoint, EndpointsQuery } from './endpoint-schemas.ts'
import * as sql from './manage-endpoints.sql.ts'

export type EndpointRow = Omit<Endpoint, 'failing_since' | 'created_at' | 'updated_at'> & {
  failing_since: Date | null
  created_at: Date
  updated_at: Date
}

export const toEndpoint = (row: EndpointRow): Endpoint => ({
  ...row,
  failing_since: row.failing_since?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

/** The tenant's endpoints, that of the settings among them. */
export async function listEndpoints(db: Queryable, tenant: Tenant, wanted: EndpointsQuery): Promise<Page<Endpoint>> {
  const asked = [tenant.id, ...instantsOf(wanted)]
  const [counted] = await query<{ count: number }>(db, sql.countEndpoints, asked)
  const page = sql.selectEndpoints(wanted.sort, wanted.order)
  const rows = await query<EndpointRow>(db, page, [...asked, wanted.per_page, offsetOf(wanted)])
  return toPage(wanted, counted?.count ?? 0, rows.map(toEndpoint))
}

/** Throws `not_found` unless the endpoint is this tenant's. */
export async function readEndpoint(db: Queryable, tenant: Tenant, id: string): Promise<Endpoint> {
  const [row] = await query<EndpointRow>(db, sql.selectEndpoint, [tenant.id, id])
  if (row === undefined) throw endpointNotFound()
  return toEndpoint(row)
}

export type LockedEndpoint = EndpointRow & { secret: Buffer }

/** The endpoint, which nobody else changes until the transaction ends. Throws `not_found`. */
export async function lockEndpoint(tx: Transaction, tenant: Tenant, id: string): Promise<LockedEndpoint> {
  const [row] = await query<LockedEndpoint>(tx, sql.lockEndpoint, [tenant.id, id])
  if (row === undefined) throw endpointNotFound()
  return row
}

/** `lockEndpoint` for what POST /settings alone may do to its own endpoint. Throws `not_found` and `conflict`. */
export async function lockOwnEndpoint(tx: Transaction, tenant: Tenant, id: string): Promise<LockedEndpoint> {
  const row = await lockEndpoint(tx, tenant, id)
  if (row.source !== 'settings') return row
  throw new AppError('conflict', 'This endpoint belongs to the settings of the Devices API: use POST /settings.')
}

/** Throws `conflict` where nothing would be sent. */
export function requireEnabled({ enabled }: { enabled: boolean }): void {
  if (!enabled) throw new AppError('conflict', 'The endpoint is disabled: enable it first.')
}

const endpointNotFound = () => new AppError('not_found', 'There is no such webhook endpoint.')
