import type { FastifyRequest } from 'fastify'

/** RFC 7240 §4.4: whether the client asks that what can be done is done, in spite of errors in the rest. */
export function prefersLenient(request: FastifyRequest): boolean {
  const header = request.headers['prefer']
  const preferences = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',')
  // What follows a semicolon are parameters of that preference; of two that contradict each other the first counts (§2).
  const handling = preferences
    .map((preference) => preference.split(';')[0] ?? '')
    .find((one) => /^\s*handling\s*=/i.test(one))
  return /^\s*handling\s*=\s*"?lenient"?\s*$/i.test(handling ?? '')
}
