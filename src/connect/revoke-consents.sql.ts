/**
 * $1 now, $2 until when others leave it → a consent to be given back, and whether the same person's is still used: in
 * another account, for a provider that shares the application, or given anew
 */
export const takeRevocation = {
  name: 'take_provider_revocation',
  text: `
    update provider_revocation r set next_at = $2, failures = failures + 1
    where id = (select id from provider_revocation where next_at <= $1 order by next_at limit 1 for update skip locked)
    returning r.id, r.provider, r.token, r.failures, exists (
      select from provider_grant g where g.application = r.application and g.external_user_id = r.external_user_id
    ) as "isUsed"`,
}

/** $1 id */
export const deleteRevocation = {
  name: 'delete_provider_revocation',
  text: `delete from provider_revocation where id = $1`,
}

/** $1 id, $2 the token that took its place, sealed */
export const replaceToken = {
  name: 'replace_token_of_revocation',
  text: `update provider_revocation set token = $2 where id = $1`,
}
