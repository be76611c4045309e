/** $1 user, $2 tenant */
export const insertUser = {
  name: 'insert_user',
  text: `insert into app_user (id, tenant_id, app_user_id) values ($1::uuid, $2, replace($1::uuid::text, '-', ''))`,
}

/** $1 user, $2 tenant → a row when the user is the tenant's, which is not deleted until the transaction ends */
export const keepUser = {
  name: 'keep_user',
  text: `select 1 from app_user where id = $1 and tenant_id = $2 for key share`,
}

/** $1 user, $2 email address or null, $3 now */
export const updateEmailAddress = {
  name: 'update_email_address',
  text: `update app_user set email_address = $2, updated_at = $3 where id = $1`,
}
