import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A schema of the API's document, as far as values are drawn from it. */
export type Schema = {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  format?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
}

type Parameter = { name: string; in: string; required?: boolean; schema: Schema }
type Dialect = 'house' | 'batch' | 'devices' | 'care' | 'oauth'

export type Operation = {
  id: string
  method: string
  /** With the names of its parameters in braces. */
  template: string
  dialect: Dialect
  /** The kind of credential that lets in. */
  credential: 'key' | 'userToken' | 'connectToken' | 'careToken' | 'none'
  parameters: Parameter[]
  /** By type of content. */
  bodies: [type: string, schema: Schema][]
  statuses: number[]
}

export type Document = { operations: Operation[]; schemas: Record<string, Schema> }

/** Every operation of the committed document, and the pages that describe it. */
export async function readDocument(): Promise<Document> {
  const text = await readFile(join(import.meta.dirname, '../../../openapi/openapi.json'), 'utf8')
  const { paths, components } = JSON.parse(text) as { paths: Record<string, object>; components: any }
  const operations = Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => toOperation(template, method, operation)),
  )
  const pages = ['/docs', '/openapi.json', '/docs/static/{file}'].map((template) =>
    toOperation(template, 'get', {
      operationId: template,
      security: [],
      responses: { 200: {}, 206: {}, 302: {}, 304: {} },
    }),
  )
  return { operations: [...operations, ...pages], schemas: components.schemas }
}

function toOperation(template: string, method: string, operation: any): Operation {
  const { operationId, parameters = [], requestBody, responses, security } = operation
  return {
    id: operationId,
    method: method.toUpperCase(),
    template,
    dialect: dialectOf(template),
    credential: credentialOf(security),
    parameters,
    bodies: Object.entries<{ schema: Schema }>(requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema]),
    statuses: Object.keys(responses).map(Number),
  }
}

function dialectOf(template: string): Dialect {
  if (template === '/oauth/token') return 'oauth'
  if (template.startsWith('/pub/')) return 'care'
  if (/^\/api\/[\w.]+\/samples/.test(template)) return 'batch'
  // Minting and swapping tokens is ours, though it is below paths of the published API.
  if (template === '/user/{userId}/token' || template === '/connect/token') return 'house'
  return /^\/(user|connect|webhook|settings|activity|biometrics|body|nutrition|sleep)(\/|$)/.test(template)
    ? 'devices'
    : 'house'
}

function credentialOf(security: Record<string, unknown>[] | undefined): Operation['credential'] {
  const [first] = security ?? [{ apiKey: [] }]
  if (first === undefined) return 'none'
  const [name] = Object.keys(first)
  return name === 'apiKey' ? 'key' : (name as Operation['credential'])
}
