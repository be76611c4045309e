const columns = `
  id, url, events, format, description, enabled, disabled_reason, failing_since, source, created_at, updated_at`

/** Cleared settings and deleted endpoints are there for the database alone. */
const visible = `url is not null and deleted_at is null`

const ofTenant = `
    webhook_endpoint where tenant_id = $1 and created_at >= $2::timestamptz and created_at < $3::timestamptz
      and ${visible}`

/** $1 tenant, $2 and $3 between which instants, $4 limit, $5 offset */
export const selectEndpoints = (sort: 'created_at' | 'url', order: 'asc' | 'desc') => ({
  name: `select_endpoint_page_${sort}_${order}`,
  text: `
    select ${columns} from ${ofTenant}
    order by ${sort === 'created_at' ? '' : `${sort} ${order}, `}id ${order} limit $4 offset $5`,
})

/** $1 tenant, $2 and $3 between which instants */
export const countEndpoints = {
  name: 'count_endpoints',
  text: `select count(*)::int as count from ${ofTenant}`,
}

/** $1 tenant, $2 id */
export const selectEndpoint = {
  name: 'select_endpoint',
  text: `select ${columns} from webhook_endpoint where tenant_id = $1 and id = $2 and ${visible}`,
}

/** $1 tenant, $2 id → the endpoint with its sealed secret, until the transaction ends as it is now */
export const lockEndpoint = {
  name: 'lock_endpoint_of_tenant',
  text: `
    select ${columns}, secret from webhook_endpoint where tenant_id = $1 and id = $2 and ${visible}
    for no key update`,
}

/** $1 tenant: those who create at the same time count one after the other */
export const lockTenant = {
  name: 'lock_tenant_of_endpoints',
  text: `select id from tenant where id = $1 for no key update`,
}

/**
 * $1 id, $2 tenant, $3 url, $4 events, $5 format, $6 secret, $7 description, $8 enabled, $9 now, $10 limit → the
 * endpoint, unless the tenant has as many as it may
 */
export const insertEndpoint = {
  name: 'insert_endpoint',
  text: `
    insert into webhook_endpoint
      (id, tenant_id, source, url, events, format, secret, description, enabled, created_at, updated_at)
    select $1, $2, 'api', $3, $4, $5, $6, $7, $8, $9, $9
    where (
      select count(*) from webhook_endpoint where tenant_id = $2 and source = 'api' and deleted_at is null
    ) < $10
    returning ${columns}`,
}

/**
 * $1 tenant, $2 id, $3 url, $4 events, $5 format, $6 description, $7 enabled, $8 now. Whoever enables it, or gives it
 * another URL, begins anew with it.
 */
export const updateEndpoint = {
  name: 'update_endpoint',
  text: `
    update webhook_endpoint
    set url = $3, events = $4, format = $5, description = $6, enabled = $7, updated_at = $8,
        revision = revision + case when url <> $3 or enabled <> $7 then 1 else 0 end,
        disabled_reason = case when enabled = $7 then disabled_reason end,
        failing_since = case when url = $3 and (enabled or not $7) then failing_since end
    where tenant_id = $1 and id = $2
    returning ${columns}`,
}

/** $1 tenant, $2 id, $3 now: from now on nobody sees it and nothing is sent */
export const markDeleted = {
  name: 'mark_endpoint_deleted',
  text: `
    update webhook_endpoint set deleted_at = $3, enabled = false, revision = revision + 1, updated_at = $3
    where tenant_id = $1 and id = $2`,
}

/** $1 tenant, $2 id, $3 secret, $4 the one before, sealed anew, $5 until when both sign, $6 now */
export const rotateSecret = {
  name: 'rotate_secret',
  text: `
    update webhook_endpoint set secret = $3, previous_secret = $4, previous_secret_until = $5, updated_at = $6
    where tenant_id = $1 and id = $2
    returning ${columns}`,
}

/** $1 now */
export const wipePreviousSecrets = {
  name: 'wipe_previous_secrets',
  text: `
    update webhook_endpoint set previous_secret = null, previous_secret_until = null
    where previous_secret_until <= $1`,
}
