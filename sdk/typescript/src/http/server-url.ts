/**
 * The server's root, without a slash at its end, from what a caller gives: the root itself, or the root and `/api` or
 * `/api/v1`. Throws a `TypeError` when it is no http(s) URL, or has a query, a fragment or a password.
 */
export function readServerUrl(baseUrl: string): string {
  const url = parseUrl(baseUrl)
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // Not quoted: what is given in its place may be the key.
    throw new TypeError('baseUrl must be an http or https URL')
  }
  if (url.search !== '' || url.hash !== '') throw new TypeError('baseUrl must have no query and no fragment')
  if (url.username !== '' || url.password !== '') throw new TypeError('baseUrl must have no user and no password')
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/api(?:\/v1)?$/, '')}`
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
