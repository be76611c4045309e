export const selectSecrets = {
  name: 'select_secrets',
  text: `select id, secret, previous_secret as "previousSecret" from webhook_endpoint order by id`,
}

const replace = (column: 'secret' | 'previous_secret') => ({
  name: `replace_${column}`,
  text: `update webhook_endpoint set ${column} = $3 where id = $1 and ${column} = $2 returning id`,
})

/** $1 endpoint, $2 secret as it was read, $3 sealed anew → a row, unless it was replaced meanwhile */
export const replaceSecret = replace('secret')
export const replacePreviousSecret = replace('previous_secret')
