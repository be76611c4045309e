import type { Received } from './send.ts'
import { MARKER } from './populate.ts'
import type { Operation } from './operations.ts'

/** What any operation may answer to what is malformed, whatever its document says. */
const generic = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 417, 422, 429, 431]

/** Answered before there is a request, and so of no API. */
const TOO_LARGE_HEAD = 431

/** What would tell of how it is made: stacks, SQL, messages of Postgres and of libraries, paths of files. */
export const INSIDES = new RegExp(
  [
    String.raw`\n\s+at |node_modules|file:\/\/|\.[cm]?[jt]s:\d|\/(?:home|tmp|usr|var|src)\/`,
    String.raw`\b(?:select|insert|update|delete)\b.*\b(?:from|into|set|where)\b|\$\d\b`,
    'syntax error|violates|relation "|column "|constraint "|invalid input syntax|invalid byte sequence|out of range for type',
    'prisma|postgres|\\bpg_|zod|fastify|undici|bullmq|ioredis|redis|FST_|HPE_|ECONN|ENOENT|Z_DATA',
    '\\b(?:Type|Range|Syntax)Error|Unexpected token|Cannot read|is not a function|is not iterable|call stack',
  ].join('|'),
  'i',
)

/** What is wrong with an answer; nothing where all is as it should be. */
export function faultsOf({ request, status, headers, body }: Received): string[] {
  const { operation } = request
  const type = headers['content-type'] ?? ''
  const faults: string[] = []
  if (status >= 500) faults.push('is a failure of ours')
  else if (!generic.includes(status) && !operation.statuses.includes(status)) faults.push('is a status not documented')
  if (!headers['x-request-id']) faults.push('has no X-Request-ID')
  if (!request.isForeign && body.includes(MARKER)) faults.push("shows another account's data")
  if (status < 400) return faults
  if (INSIDES.test(body)) faults.push(`shows its insides: ${INSIDES.exec(body)![0]}`)
  const error = parse(body)
  const dialect = isUnrouted(error) || status === TOO_LARGE_HEAD ? 'house' : operation.dialect
  if (!isIn(dialect, status, type, error)) faults.push(`is not in the dialect ${dialect}`)
  return faults
}

function parse(body: string): any {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** A path that leads nowhere is of no API. */
const isUnrouted = (error: any) =>
  error?.error?.message === 'There is nothing here.' || /address of the request/.test(error?.error?.message)

const keysOf = (value: object) => Object.keys(value).toSorted().join()

function isIn(dialect: Operation['dialect'], status: number, type: string, error: any): boolean {
  if (typeof error !== 'object' || error === null) return false
  if (dialect === 'care') return type.startsWith('application/vnd.api+json') && isDocument(status, error)
  if (!type.startsWith('application/json')) return false
  switch (dialect) {
    case 'oauth':
      return keysOf(error) === 'error,error_description' && /^[a-z_]+$/.test(error.error)
    case 'devices':
      return keysOf(error) === 'detail,name,status,title' && error.status === status && /^[A-Z_]+$/.test(error.name)
    default:
      return keysOf(error) === 'error' && isEnvelope(error.error, dialect === 'batch')
  }
}

function isEnvelope({ code, message, details, ...more }: any, isBatch: boolean): boolean {
  if (!/^[A-Z_]+$/.test(code) || typeof message !== 'string' || Object.keys(more).length > 0) return false
  if (details === undefined) return true
  return isBatch === Array.isArray(details) && [details].flat().every((each) => typeof each.field === 'string')
}

function isDocument(status: number, { meta, errors, ...more }: any): boolean {
  if (typeof meta?.req_id !== 'string' || !Array.isArray(errors) || Object.keys(more).length > 0) return false
  return errors.length > 0 && errors.every((each) => each.status === String(status) && typeof each.detail === 'string')
}
