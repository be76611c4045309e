import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'

/** Makes `app` take JSON as `readJson` reads it, in place of Fastify's own parser. */
export function takeJson(app: FastifyInstance): void {
  takeJsonAs(app, 'application/json', readJson)
}

/** Makes `app` take bodies of this type, which `read` turns into what a handler gets. Throw AppErrors there. */
export function takeJsonAs(app: FastifyInstance, contentType: string, read: (body: Buffer) => unknown): void {
  if (app.hasContentTypeParser(contentType)) app.removeContentTypeParser(contentType)
  app.addContentTypeParser(contentType, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => read(body))
}

/**
 * The JSON of a body. Throws `malformed_body`, and `validation_error` where an object has a member `__proto__`: copied in
 * good faith it would become the copy's prototype. `constructor` and the like are members as any.
 */
export function readJson(body: Buffer): unknown {
  return parseJson(readText(body))
}

/** The text of a body. Throws `malformed_body` for what is not UTF-8: read leniently, other text would be stored than was sent. */
export function readText(body: Buffer): string {
  if (!isUtf8(body)) throw new AppError('malformed_body', 'The body is not UTF-8.')
  return body.toString()
}

/** As `readJson`, of text. */
export function parseJson(text: string): unknown {
  if (text === '') throw new AppError('malformed_body', 'The body is empty; JSON is expected.')
  const json = parse(text)
  if (MAY_NAME_PROTOTYPE.test(text)) refusePrototypes(json)
  return json
}

function parse(text: string): unknown {
  try {
    // RFC 8259 §8.1: a byte order mark may be passed over.
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
  } catch (cause) {
    throw new AppError('malformed_body', 'The body is not valid JSON.', { cause })
  }
}

/** Its letters may be escapes. */
const MAY_NAME_PROTOTYPE = /__proto__|\\u00(?:5f|70|72|6f|74)/i

function refusePrototypes(json: unknown): void {
  const remaining = [{ value: json, path: '' }]
  for (let next = remaining.pop(); next !== undefined; next = remaining.pop()) {
    const { value, path } = next
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      const field = path === '' ? name : `${path}.${name}`
      if (name === '__proto__') throw prototypeAt(field)
      remaining.push({ value: member, path: field })
    }
  }
}

/** Deep ones have long paths, of which the end says enough. */
const MAX_PATH = 200

function prototypeAt(path: string): AppError {
  const field = path.slice(-MAX_PATH)
  const reason = 'is a name that no member may have'
  return new AppError('validation_error', `Invalid input: ${field}: ${reason}`, { details: [{ field, reason }] })
}
