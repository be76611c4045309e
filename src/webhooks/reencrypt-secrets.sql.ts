export const selectSecrets = {
  name: 'select_secrets',
  text: `select id, secret from webhook_endpoint order by id`,
}

/** $1 endpoint, $2 secret as it was read, $3 sealed anew → a row, unless it was replaced meanwhile */
export const replaceSecret = {
  name: 'replace_secret',
  text: `update webhook_endpoint set secret = $3 where id = $1 and secret = $2 returning id`,
}
