import { isTokenOf } from '../accounts/care-tokens.ts'
import type { CareGrant } from '../accounts/care-tokens.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { fromWireId, toWireId } from './ids.ts'
import { PREFIX } from './json-api/api.ts'
import { toResourceObject } from './json-api/documents.ts'
import { type Collection, type ListQuery, listAll } from './json-api/list.ts'
import { readRow } from './json-api/read-rows.ts'
import { careApi } from './resources.ts'

/** The groups that the request's token sees. Throws `not_found`, and `forbidden` for another token. */
export async function fetchTokenGroups(
  context: Context,
  grant: CareGrant,
  id: string,
  query: ListQuery,
): Promise<Collection> {
  await requireOwn(context, grant, id)
  return listAll(
    context,
    careApi,
    careApi.get('group'),
    grant,
    `${PREFIX}/oauth/token/${toWireId(grant.tokenId)}/groups`,
    query,
  )
}

/** The organization of the request's token. Throws as `fetchTokenGroups` does. */
export async function fetchTokenOrganization(
  context: Context,
  grant: CareGrant,
  id: string,
): Promise<{ data: object }> {
  await requireOwn(context, grant, id)
  const organization = careApi.get('organization')
  const row = await readRow(context.pool, careApi, organization, grant, grant.organizationId)
  return { data: toResourceObject(organization, row) }
}

async function requireOwn({ pool }: Context, grant: CareGrant, wireId: string): Promise<void> {
  const id = fromWireId(wireId)
  if (id === grant.tokenId) return
  const isThere = id !== undefined && (await isTokenOf(pool, grant.organizationId, id))
  throw isThere
    ? new AppError('forbidden', 'That is another token.')
    : new AppError('not_found', 'There is no such token.')
}
