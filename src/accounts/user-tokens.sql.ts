/** $1 user, $2 provider, $3 family, $4 now */
export const insertFamily = {
  name: 'insert_token_family',
  text: `insert into token_family (id, user_id, provider, created_at) values ($3, $1, $2, $4)`,
}

/** $1 family, $2 access hash, $3 its end, $4 refresh hash, $5 its end */
export const insertTokens = {
  name: 'insert_user_tokens',
  text: `
    insert into user_token (hash, family_id, kind, expires_at)
    values ($2, $1, 'access', $3), ($4, $1, 'refresh', $5)`,
}

/** $1 hashes, $2 now → whom live access tokens speak for */
export const selectGrants = {
  name: 'select_user_grants',
  text: `
    select t.hash, f.id as "familyId", u.tenant_id as "tenantId", f.user_id as "userId", f.provider
    from user_token t
    join token_family f on f.id = t.family_id
    join app_user u on u.id = f.user_id
    where t.hash = any($1) and t.kind = 'access' and t.expires_at > $2 and f.revoked_at is null`,
}

/** $1 hash → a refresh token, locked with its family until the end of the transaction */
export const lockRefreshToken = {
  name: 'lock_refresh_token',
  text: `
    select t.family_id as "familyId", t.expires_at as "expiresAt", t.used_at as "usedAt", f.revoked_at as "revokedAt"
    from user_token t
    join token_family f on f.id = t.family_id
    where t.hash = $1 and t.kind = 'refresh'
    for update`,
}

/** $1 hash, $2 now */
export const markRefreshTokenUsed = {
  name: 'mark_refresh_token_used',
  text: `update user_token set used_at = $2 where hash = $1`,
}

/** $1 family, $2 now */
export const revokeFamily = {
  name: 'revoke_token_family',
  text: `update token_family set revoked_at = $2 where id = $1 and revoked_at is null`,
}

/** $1 user, $2 provider, $3 now */
export const revokeProviderFamilies = {
  name: 'revoke_provider_families',
  text: `update token_family set revoked_at = $3 where user_id = $1 and provider = $2 and revoked_at is null`,
}

/**
 * $1 now, $2 limit → tokens of no more use, with the families that they were the last of. A used refresh token stays
 * until it expires: it tells of reuse.
 */
export const deleteExpiredTokens = {
  name: 'delete_expired_tokens',
  text: `
    with expired as (
      delete from user_token where hash in (select hash from user_token where expires_at < $1 limit $2)
      returning family_id
    ), emptied as (
      delete from token_family f
      where f.id in (select family_id from expired)
        and not exists (select from user_token t where t.family_id = f.id and t.expires_at >= $1)
    )
    select family_id from expired`,
}
