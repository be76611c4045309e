import { z } from 'zod'
import { ProviderError } from '../provider-error.ts'
import type { ProviderApi } from '../provider.ts'

/** Of a day, Oura has some hundreds of heart rates and a handful of anything else. */
const MAX_PAGES = 100

/**
 * Everything in a collection, page by page. A `next_token` carries what was asked for, and is sent alone. Undefined where
 * the person did not allow it, or has no membership any longer. Throws ProviderError.
 */
export async function readCollection<Schema extends z.ZodType>(
  api: ProviderApi,
  name: string,
  schema: Schema,
  query: Record<string, string>,
): Promise<z.output<Schema>[] | undefined> {
  const Page = z.object({ data: z.array(schema), next_token: z.string().nullish() })
  const documents: z.output<Schema>[] = []
  const seen = new Set<string>()
  let asked = query
  while (seen.size < MAX_PAGES) {
    const answer = await readIfAllowed(api, `/v2/usercollection/${name}`, asked)
    if (answer === undefined) return undefined
    const page = parse(Page, answer, name)
    documents.push(...page.data)
    const token = page.next_token
    if (token === undefined || token === null || token === '') return documents
    if (seen.has(token)) break
    seen.add(token)
    asked = { next_token: token }
  }
  throw new ProviderError('undocumented', `Oura's pages of ${name} do not end`)
}

/** Throws ProviderError `undocumented` with the path of what is wrong, and no value. */
export function parse<Schema extends z.ZodType>(schema: Schema, answer: unknown, name: string): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ProviderError(
    'undocumented',
    `Oura's ${name} is not as documented: ${issue?.path.join('.')} (${issue?.code})`,
  )
}

async function readIfAllowed(api: ProviderApi, path: string, query: Record<string, string>): Promise<unknown> {
  try {
    return (await api.getJson(path, query)) ?? {}
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'refused' && isRefusal(error.status)) return undefined
    throw error
  }
}

const isRefusal = (status: number | undefined) => status === 401 || status === 403

/**
 * "Oura HTTP Response Codes" has 403 for what a token may not read; the API is seen to answer 401 with this sentence, for
 * which a fresh token is no remedy.
 */
export const isNotAllowed = (body: unknown): boolean =>
  Refusal.safeParse(body).data?.detail.includes('not authorized access') === true

const Refusal = z.object({ detail: z.string() })
