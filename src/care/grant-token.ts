import { type CareGrant, type CareTokens, grantClientTokens, refreshClientTokens } from '../accounts/care-tokens.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { toWireId } from './ids.ts'
import { PREFIX } from './json-api/api.ts'
import { toResourceObject } from './json-api/documents.ts'
import { readRow, readRows } from './json-api/read-rows.ts'
import { uuids } from './json-api/visibility.ts'
import { careApi } from './resources.ts'
import { sql } from '../database/sql.ts'

export type TokenRequest = {
  grant_type: string
  client_id: string
  client_secret?: string | undefined
  refresh_token?: string | undefined
}
type Include = 'groups' | 'organization'

/**
 * Tokens for a client, as a document. Throws `invalid_credentials`, `invalid_grant_type`, and `validation_error` where
 * what the grant type needs is missing.
 */
export async function grantToken(context: Context, request: TokenRequest, include: Include[]) {
  const tokens = await tokensFor(context, request)
  if (tokens === undefined)
    throw new AppError('invalid_credentials', 'The client or its secret, or the refresh token, is not valid.')
  const included = await readIncluded(context, tokens.grant, include)
  return { data: toTokenObject(tokens), ...(include.length === 0 ? {} : { included }) }
}

function tokensFor(context: Context, request: TokenRequest): Promise<CareTokens | undefined> {
  const { grant_type, client_id, client_secret, refresh_token } = request
  if (grant_type === 'client_credentials')
    return grantClientTokens(context, client_id, required('client_secret', client_secret))
  if (grant_type === 'refresh_token')
    return refreshClientTokens(context, client_id, required('refresh_token', refresh_token), client_secret)
  throw new AppError('invalid_grant_type', 'grant_type must be client_credentials or refresh_token.')
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined) return value
  const detail = { field: `data.attributes.${name}`, reason: 'is missing' }
  throw new AppError('validation_error', `${name} is missing`, { details: [detail] })
}

function toTokenObject({ grant, accessToken, refreshToken, expiresInSeconds }: CareTokens) {
  const self = `${PREFIX}/oauth/token/${toWireId(grant.tokenId)}`
  return {
    type: 'token' as const,
    id: toWireId(grant.tokenId),
    attributes: {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'bearer' as const,
      expires_in: expiresInSeconds,
    },
    relationships: {
      // A token of the organization sees all groups, those to come included.
      ...(grant.groupIds === null
        ? {}
        : {
            groups: {
              data: grant.groupIds.map((id) => ({ type: 'group', id: toWireId(id) })),
              links: { related: `${self}/groups` },
            },
          }),
      organization: {
        data: { type: 'organization', id: toWireId(grant.organizationId) },
        links: { related: `${self}/organization` },
      },
    },
  }
}

async function readIncluded({ pool }: Context, grant: CareGrant, include: Include[]): Promise<object[]> {
  const [group, organization] = [careApi.get('group'), careApi.get('organization')]
  const groupIds = include.includes('groups') ? (grant.groupIds ?? []) : []
  const groups =
    groupIds.length === 0
      ? []
      : await readRows(pool, careApi, group, grant, [sql`r.id in (${uuids(groupIds)})`], { limit: groupIds.length })
  const own = include.includes('organization')
    ? [toResourceObject(organization, await readRow(pool, careApi, organization, grant, grant.organizationId))]
    : []
  return [...groups.map((row) => toResourceObject(group, row)), ...own]
}
