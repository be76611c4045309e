/** $1 user, $2 provider: a new consent takes the place of the one before, with all that was begun under that one */
export const deleteGrant = {
  name: 'delete_provider_grant',
  text: `delete from provider_grant where user_id = $1 and provider = $2`,
}

/**
 * $1 user, $2 provider, $3 id, $4 application, $5 external user, $6 sealed access token, $7 sealed refresh token, $8 when
 * the first ends, $9 scopes, $10 when its days are looked at next, $11 now
 */
export const insertGrant = {
  name: 'insert_provider_grant',
  text: `
    insert into provider_grant (user_id, provider, id, application, external_user_id, access_token, refresh_token,
      expires_at, scopes, next_sync_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
}

/** $1 grant, $2 user, $3 provider → its tokens */
export const selectTokens = {
  name: 'select_provider_tokens',
  text: `
    select access_token as "accessToken", refresh_token as "refreshToken", expires_at as "expiresAt"
    from provider_grant where id = $1 and user_id = $2 and provider = $3`,
}

/** $1 grant, $2 user, $3 provider, $4 access token that is to be replaced, $5 lease, $6 until, $7 now → its refresh token */
export const leaseRefresh = {
  name: 'lease_provider_refresh',
  text: `
    update provider_grant set refresh_lease = $5, refresh_until = $6
    where id = $1 and user_id = $2 and provider = $3 and access_token = $4
      and (refresh_until is null or refresh_until <= $7)
    returning refresh_token as "refreshToken"`,
}

/**
 * $1 grant, $2 user, $3 provider, $4 lease, $5 access token, $6 refresh token or null to keep it, $7 when the first ends,
 * $8 the access token that they replace → a row, unless others took its place. A lease that has run out meanwhile does not
 * make them bad: whoever has it now may hold a refresh token that these have used up.
 */
export const storeTokens = {
  name: 'store_provider_tokens',
  text: `
    update provider_grant
    set access_token = $5, refresh_token = coalesce($6, refresh_token), expires_at = $7,
        refresh_lease = null, refresh_until = null
    where id = $1 and user_id = $2 and provider = $3 and (refresh_lease = $4 or access_token = $8)
    returning id`,
}

/** $1 grant, $2 user, $3 provider, $4 lease */
export const releaseRefresh = {
  name: 'release_provider_refresh',
  text: `
    update provider_grant set refresh_lease = null, refresh_until = null
    where id = $1 and user_id = $2 and provider = $3 and refresh_lease = $4`,
}

/** $1 application, $2 user, $3 the provider's id of the person, or null → a row when a consent of theirs may be in force */
export const selectGrantOfPerson = {
  name: 'select_grant_of_person',
  text: `
    select id from provider_grant where application = $1 and (user_id = $2 or external_user_id = $3) limit 1`,
}

/** $1 grant, $2 user, $3 provider → a row when it is in force */
export const selectGrant = {
  name: 'select_provider_grant',
  text: `select id from provider_grant where id = $1 and user_id = $2 and provider = $3`,
}
