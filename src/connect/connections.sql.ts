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
