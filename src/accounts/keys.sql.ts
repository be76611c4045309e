/** $1 hashes → the keys that are not revoked, with the tenants that they speak for */
export const selectKeys = {
  name: 'select_keys',
  text: `
    select k.hash, k.id, k.kind, k.last_used_at as "lastUsedAt", k.tenant_id as "tenantId", t.account_id as "accountId",
           t.environment
    from api_key k join tenant t on t.id = k.tenant_id
    where k.hash = any($1) and k.revoked_at is null`,
}

/** $1 tenant */
export const selectTenant = {
  name: 'select_tenant',
  text: `select id, account_id as "accountId", environment from tenant where id = $1`,
}
