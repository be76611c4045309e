export const selectSealed = {
  name: 'select_sealed_grants',
  text: `
    select user_id as "userId", id, access_token as "accessToken", refresh_token as "refreshToken"
    from provider_grant where access_token is not null order by user_id`,
}

const replace = (column: 'access_token' | 'refresh_token') => ({
  name: `replace_grant_${column}`,
  text: `update provider_grant set ${column} = $4 where user_id = $1 and id = $2 and ${column} = $3 returning id`,
})

/** $1 user, $2 grant, $3 token as it was read, $4 sealed anew → a row, unless it was replaced meanwhile */
export const replaceAccessToken = replace('access_token')
export const replaceRefreshToken = replace('refresh_token')

export const selectRevocations = {
  name: 'select_sealed_revocations',
  text: `select id, token from provider_revocation`,
}

/** $1 id, $2 sealed anew */
export const replaceRevocation = {
  name: 'replace_revocation_token',
  text: `update provider_revocation set token = $2 where id = $1 returning id`,
}
