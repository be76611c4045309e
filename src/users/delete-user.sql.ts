/** $1 user, $2 tenant → the providers to be disconnected; a row when the user is the tenant's */
export const selectUserForDelete = {
  name: 'select_user_for_delete',
  text: `
    select array(select provider from connection where user_id = u.id order by provider) as providers
    from app_user u where u.id = $1 and u.tenant_id = $2 for update`,
}

/** $1 user; of answers that an Idempotency-Key would have given again, their content */
export const deleteUser = {
  name: 'delete_user',
  text: `
    with emptied as (update idempotency_key set answer = '' where user_id = $1)
    delete from app_user where id = $1`,
}
