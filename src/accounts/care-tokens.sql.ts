/** $1 client, $2 hash of its secret → whether it may have tokens */
export const selectClient = {
  name: 'select_oauth_client',
  text: `select 1 from oauth_client where id = $1 and secret_hash = $2 and revoked_at is null`,
}

/** $1 id, $2 client, $3 family, $4 hash of the access token, $5 of the refresh token, $6 now, $7 and $8 when they expire */
export const insertToken = {
  name: 'insert_oauth_token',
  text: `
    insert into oauth_token
      (id, client_id, family_id, access_hash, refresh_hash, created_at, access_expires_at, refresh_expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`,
}

/** $1 client, $2 hash of the refresh token → locked until the transaction ends */
export const lockRefreshToken = {
  name: 'lock_oauth_refresh_token',
  text: `
    select t.id, t.family_id as "familyId", t.refresh_expires_at as "expiresAt", t.refreshed_at as "refreshedAt",
           t.revoked_at as "revokedAt"
    from oauth_token t join oauth_client c on c.id = t.client_id
    where t.client_id = $1 and t.refresh_hash = $2 and c.revoked_at is null
    for update of t`,
}

/** $1 token, $2 now */
export const markRefreshed = {
  name: 'mark_oauth_token_refreshed',
  text: `update oauth_token set refreshed_at = $2 where id = $1`,
}

/** $1 family, $2 now */
export const revokeFamily = {
  name: 'revoke_oauth_token_family',
  text: `update oauth_token set revoked_at = $2 where family_id = $1 and revoked_at is null`,
}

/** $1 hashes of access tokens, $2 now → those in force, with what they may see: `groupIds` null for all */
export const selectGrants = {
  name: 'select_care_grants',
  text: `
    select t.access_hash as hash, t.id as "tokenId", c.id as "clientId", c.tenant_id as "organizationId",
           case when not c.is_for_organization
                then array(select group_id from oauth_client_group where client_id = c.id order by group_id) end as "groupIds"
    from oauth_token t join oauth_client c on c.id = t.client_id
    where t.access_hash = any($1) and t.access_expires_at > $2 and t.revoked_at is null and c.revoked_at is null`,
}

/** $1 token, $2 organization → whether it is of one of its clients */
export const selectToken = {
  name: 'select_oauth_token',
  text: `select 1 from oauth_token t join oauth_client c on c.id = t.client_id where t.id = $1 and c.tenant_id = $2`,
}

/** $1 now, $2 limit → tokens that nobody can use or renew any more, removed */
export const deleteExpired = {
  name: 'delete_expired_oauth_tokens',
  text: `
    delete from oauth_token where id = any (array(
      select id from oauth_token where refresh_expires_at <= $1 order by refresh_expires_at limit $2
    ))
    returning id`,
}
