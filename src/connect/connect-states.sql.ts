/**
 * $1 hash, $2 user, $3 provider, $4 sealed verifier, $5 hash of the browser's cookie, $6 page, $7 when it ends, $8 tenant
 * → a row when the user is the tenant's
 */
export const insertState = {
  name: 'insert_connect_state',
  text: `
    insert into connect_state (hash, user_id, provider, verifier, browser_hash, page, expires_at)
    select $1, u.id, $3, $4, $5, $6, $7 from app_user u where u.id = $2 and u.tenant_id = $8 for key share
    returning hash`,
}

/** $1 hash → the state, which is used up whatever comes of it */
export const takeState = {
  name: 'take_connect_state',
  text: `
    delete from connect_state s using app_user u join tenant t on t.id = u.tenant_id
    where s.hash = $1 and u.id = s.user_id
    returning s.user_id as "userId", u.tenant_id as "tenantId", t.environment, t.redirect_origins as "redirectOrigins",
      s.provider, s.verifier, s.browser_hash as "browserHash", s.page, s.expires_at as "expiresAt"`,
}

/** $1 now */
export const deleteExpiredStates = {
  name: 'delete_expired_connect_states',
  text: `delete from connect_state where expires_at < $1`,
}
