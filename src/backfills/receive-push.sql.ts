/** $1 application, $2 the provider's ids of persons → the grants of theirs */
export const selectGrantsOf = {
  name: 'select_grants_of_external_users',
  text: `
    select g.id, g.user_id as "userId", g.provider, g.external_user_id as "externalUserId", u.tenant_id as "tenantId"
    from provider_grant g join app_user u on u.id = g.user_id
    where g.application = $1 and g.external_user_id = any ($2) order by g.user_id, g.provider`,
}
