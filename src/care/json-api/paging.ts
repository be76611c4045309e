import { createHash } from 'node:crypto'
import { z } from 'zod'
import { text } from '../../http/schemas.ts'
import type { SecretBox } from '../../secret-box.ts'
import { refusal } from './refusal.ts'

const DEFAULT_SIZE = 50
const MAX_SIZE = 1000
const MAX_PAGE = 1_000_000

const integer = (min: number, max: number, name: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
    .optional()
    .describe(name)

const Cursor = text(2000).optional().describe('The cursor that `links.next` has')

/** The parameters of both ways to page; none asked for means the first 50 by number. */
export const PageParameters = {
  'page[number]': integer(1, MAX_PAGE, 'The number of the page'),
  'page[size]': integer(0, MAX_SIZE, 'How many a page has; 0 asks for the count alone'),
  'page[limit]': integer(0, MAX_SIZE, 'How many a page has, with a cursor; 0 asks for the count alone'),
  'page[after]': Cursor,
  'page[cursor]': Cursor,
}
type Parameters = z.output<z.ZodObject<typeof PageParameters>>

/** Where the last that was seen is in its list; `value` is what the list is sorted by before ids. */
export type Position = { id: string; value?: string }
export type Page =
  { by: 'number'; number: number; size: number } | { by: 'cursor'; limit: number; after: Position | undefined }

/** Reads which page is asked for. `asked` is what the cursor is bound to. Throws `validation_error`. */
export function readPage(query: Parameters, asked: string, secrets: SecretBox): Page {
  const { 'page[number]': number, 'page[size]': size, 'page[limit]': limit } = query
  const cursor = query['page[after]'] ?? query['page[cursor]']
  const isByNumber = number !== undefined || size !== undefined
  if (isByNumber && (limit !== undefined || cursor !== undefined)) {
    throw invalid(
      limit === undefined ? 'page[after]' : 'page[limit]',
      'cannot be mixed with page[number] and page[size]',
    )
  }
  if (query['page[after]'] !== undefined && query['page[cursor]'] !== undefined) {
    throw invalid('page[cursor]', 'is another name of page[after]; send one of them')
  }
  if (limit === undefined && cursor === undefined)
    return { by: 'number', number: number ?? 1, size: size ?? DEFAULT_SIZE }
  const after = cursor === undefined ? undefined : openCursor(cursor, asked, secrets)
  if (after === null) throw invalid(query['page[after]'] === undefined ? 'page[cursor]' : 'page[after]', BAD_CURSOR)
  return { by: 'cursor', limit: limit ?? DEFAULT_SIZE, after }
}

const BAD_CURSOR = 'is not a cursor that this list, with these filters, has answered'
const invalid = (field: string, reason: string) => refusal('validation_error', field, reason)

/** Sealed, so that nobody can make one, and of one list with its filters. */
export const sealCursor = (position: Position, asked: string, secrets: SecretBox): string =>
  secrets.seal(JSON.stringify([position, digest(asked)])).toString('base64url')

/** Null for what is none of ours, or another list's. */
function openCursor(cursor: string, asked: string, secrets: SecretBox): Position | null {
  try {
    const sealed = Buffer.from(cursor, 'base64url')
    // What the decoder passes over is tampering too.
    if (sealed.toString('base64url') !== cursor) return null
    const [position, bound] = JSON.parse(secrets.open(sealed)) as [Position, string]
    return bound === digest(asked) ? position : null
  } catch {
    return null
  }
}

const digest = (asked: string) => createHash('sha256').update(asked).digest('base64url').slice(0, 16)

/** `links` of a page of a collection. `pathOf` writes the URL of the same list with other page parameters. */
export function linksOf(
  page: Page,
  count: number,
  next: string | undefined,
  pathOf: (page: Record<string, string>) => string,
): Record<string, string> {
  if (page.by === 'cursor') {
    const limit = { 'page[limit]': String(page.limit) }
    return next === undefined ? {} : { next: pathOf({ ...limit, 'page[after]': next }) }
  }
  const { number, size } = page
  const numbered = (wanted: number) => pathOf({ 'page[number]': String(wanted), 'page[size]': String(size) })
  const last = size === 0 ? 1 : Math.max(1, Math.ceil(count / size))
  return {
    self: numbered(number),
    first: numbered(1),
    ...(number > 1 ? { prev: numbered(Math.min(number - 1, last)) } : {}),
    ...(number < last ? { next: numbered(number + 1) } : {}),
    last: numbered(last),
  }
}
