/** $1 id, $2 tenant, $3 url, $4 secret, $5 now → the settings' one endpoint */
export const upsertSettingsEndpoint = {
  name: 'upsert_settings_endpoint',
  text: `
    insert into webhook_endpoint (id, tenant_id, source, url, enabled, secret, format, events, created_at, updated_at)
    values ($1, $2, 'settings', $3, true, $4, 'devices', '{devices.*}', $5, $5)
    on conflict (tenant_id) where source = 'settings'
    do update set url = excluded.url, enabled = true, disabled_reason = null, secret = excluded.secret,
      failing_since = null, revision = webhook_endpoint.revision + 1, updated_at = excluded.updated_at
    returning id`,
}

/** $1 tenant, $2 now → the endpoint, which keeps its row and what is held for it */
export const clearSettingsEndpoint = {
  name: 'clear_settings_endpoint',
  text: `
    update webhook_endpoint
    set url = null, enabled = false, disabled_reason = null, revision = revision + 1, updated_at = $2
    where tenant_id = $1 and source = 'settings'
    returning id`,
}

/** $1 tenant, $2 now → the settings' endpoint, where a URL is set */
export const enableSettingsEndpoint = {
  name: 'enable_settings_endpoint',
  text: `
    update webhook_endpoint
    set enabled = true, disabled_reason = null, failing_since = null, revision = revision + 1, updated_at = $2
    where tenant_id = $1 and source = 'settings' and url is not null
    returning id`,
}

/** $1 tenant */
export const selectSettingsEndpoint = {
  name: 'select_settings_endpoint',
  text: `select id, url, secret from webhook_endpoint where tenant_id = $1 and source = 'settings'`,
}
