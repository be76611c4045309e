import type { FastifyRequest } from 'fastify'

/** RFC 7240 §4.4: whether the client asks that what can be done is done, in spite of errors in the rest. */
export function prefersLenient(request: FastifyRequest): boolean {
  const header = request.headers['prefer']
  const preferences = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(/[,;]/)
  return preferences.some((preference) => /^\s*handling\s*=\s*"?lenient"?\s*$/i.test(preference))
}
