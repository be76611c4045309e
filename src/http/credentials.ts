import type { FastifyRequest } from 'fastify'

/** What a request proves itself with: `x-api-key`, or the bearer token of `Authorization`. */
export function readCredential(request: FastifyRequest): string | undefined {
  const key = request.headers['x-api-key']
  return typeof key === 'string' ? key : readBearer(request)
}

export function readBearer(request: FastifyRequest): string | undefined {
  // RFC 9110 §11.4: one space or several.
  const [scheme, token] = request.headers.authorization?.split(/ +/) ?? []
  return scheme?.toLowerCase() === 'bearer' ? token : undefined
}

/** The connect token of the widget and the mobile SDKs: header `api-token`. */
export function readConnectToken(request: FastifyRequest): string | undefined {
  const token = request.headers['api-token']
  return typeof token === 'string' ? token : undefined
}
