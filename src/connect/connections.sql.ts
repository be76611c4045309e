/** $1 user, $2 tenant → a row when the user is the tenant's, kept from being deleted until the transaction ends */
export const lockUser = {
  name: 'lock_user_of_tenant',
  text: `select id from app_user where id = $1 and tenant_id = $2 for no key update`,
}

/** $1 user, $2 provider, $3 now → a row when the provider was not connected before */
export const insertConnection = {
  name: 'insert_connection',
  text: `
    insert into connection (user_id, provider, connected_at) values ($1, $2, $3)
    on conflict (user_id, provider) do nothing
    returning provider`,
}

/** $1 tenant → a row when it is a sandbox; whoever connects there then follows one another */
export const lockSandbox = {
  name: 'lock_sandbox',
  text: `select id from tenant where id = $1 and environment = 'sandbox' for no key update`,
}

/** $1 tenant → how many of its users have a connection */
export const countConnectedUsers = {
  name: 'count_connected_users',
  text: `
    select count(*)::int as "users" from app_user u
    where u.tenant_id = $1 and exists (select from connection c where c.user_id = u.id)`,
}

/** $1 user, $2 provider → a row when it was connected */
export const deleteConnection = {
  name: 'delete_connection',
  text: `delete from connection where user_id = $1 and provider = $2 returning provider`,
}

/** $1 user */
export const selectConnections = {
  name: 'select_connections',
  text: `select provider from connection where user_id = $1 order by provider`,
}

/** $1 user */
export const selectConnectionTimes = {
  name: 'select_connection_times',
  text: `select provider, connected_at as "connectedAt" from connection where user_id = $1`,
}

/** $1 user, $2 provider, $3 now */
export const insertDisconnection = {
  name: 'insert_disconnection',
  text: `
    insert into disconnection (user_id, provider, disconnected_at) values ($1, $2, $3)
    on conflict (user_id, provider) do update set disconnected_at = excluded.disconnected_at`,
}

/** $1 user, $2 provider → a row when it was disconnected, and not connected since */
export const selectDisconnection = {
  name: 'select_disconnection',
  text: `select provider from disconnection where user_id = $1 and provider = $2`,
}

/** $1 user, $2 provider */
export const deleteDisconnection = {
  name: 'delete_disconnection',
  text: `delete from disconnection where user_id = $1 and provider = $2`,
}

/** $1 user, $2 provider */
export const deleteRpmDevices = {
  name: 'delete_rpm_devices',
  text: `delete from rpm_device where user_id = $1 and provider = $2`,
}

/**
 * $1 tenant, $2 provider, $3 devices, $4 user, $5 whom the provider knows them as, $6 now → the devices that are the
 * user's now; one that is somebody else's is not among them
 */
export const upsertRpmDevices = {
  name: 'upsert_rpm_devices',
  text: `
    insert into rpm_device as d (tenant_id, provider, device_id, user_id, device_user_id, connected_at)
    select $1, $2, id, $4, $5, $6 from unnest($3::text[]) as id order by id
    on conflict (tenant_id, provider, device_id) do update
    set device_user_id = excluded.device_user_id, connected_at = excluded.connected_at where d.user_id = excluded.user_id
    returning device_id as "deviceId"`,
}

/** $1 user, $2 provider, $3 device → a row when it was the user's */
export const deleteRpmDevice = {
  name: 'delete_rpm_device',
  text: `delete from rpm_device where user_id = $1 and provider = $2 and device_id = $3 returning device_id`,
}

/** $1 user, $2 provider → a row when any is left */
export const selectRpmDevice = {
  name: 'select_rpm_device',
  text: `select device_id from rpm_device where user_id = $1 and provider = $2 limit 1`,
}
