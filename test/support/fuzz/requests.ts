import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { bombs, oddBodies, oddCredentials, oddHeaders, oddJson, oddQueries, oddUrlParts } from './odd-values.ts'
import type { Document, Operation, Schema } from './operations.ts'
import type { Populated } from './populate.ts'
import { type Known, valuesOf } from './schema-values.ts'

/** A request, as it goes onto the wire. `isForeign`: its credential is another account's. */
export type Request = {
  operation: Operation
  path: string
  headers: Record<string, string>
  body: Buffer | undefined
  isForeign: boolean
}

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 4) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare })

/** Requests to one operation: a few right ones, most with something wrong with them. */
export function requestsTo(operation: Operation, document: Document, populated: Populated): fc.Arbitrary<Request> {
  const [first] = operation.bodies
  const body = first === undefined ? strayBodies : bodiesOf(operation, document, populated)
  return fc
    .record({
      credential: credentialsFor(operation, populated),
      path: pathsOf(operation, populated),
      query: queriesOf(operation, document, populated),
      headers: often(
        fc.constant<Record<string, string>[]>([]),
        fc.array(fc.constantFrom(...oddHeaders), { minLength: 1, maxLength: 3 }),
        3,
      ),
      body,
    })
    .map(({ credential, path, query, headers, body: sent }) => ({
      operation,
      path: query === '' ? path : `${path}?${query}`,
      headers: { ...credential.headers, ...sent?.headers, ...Object.assign({}, ...headers) },
      body: sent?.bytes,
      isForeign: credential.isForeign,
    }))
}

type Credential = { headers: Record<string, string>; isForeign: boolean }

function credentialsFor({ credential }: Operation, { own, other }: Populated): fc.Arbitrary<Credential> {
  const mine = (headers: Record<string, string>) => fc.constant({ headers, isForeign: false })
  const right: Record<Operation['credential'], fc.Arbitrary<Credential>> = {
    key: fc.oneof(mine({ 'x-api-key': own.key }), mine({ authorization: `Bearer ${own.key}` })),
    userToken: mine({ authorization: `Bearer ${own.userToken}` }),
    connectToken: mine({ 'api-token': own.connectToken }),
    careToken: mine({ authorization: `Bearer ${own.careToken}` }),
    none: mine({}),
  }
  const odd = fc.oneof(fc.constantFrom(...oddCredentials), fc.constantFrom(...Object.values(own).map(String)))
  const wrong = fc.oneof(
    mine({}),
    odd.map((text) => ({ headers: { authorization: `Bearer ${text}` }, isForeign: false })),
    odd.map((text) => ({ headers: { authorization: text }, isForeign: false })),
    odd.map((text) => ({ headers: { 'x-api-key': text }, isForeign: false })),
    odd.map((text) => ({ headers: { 'api-token': text }, isForeign: false })),
    fc.constant({ headers: { authorization: `Bearer ${other.key}` }, isForeign: true }),
    fc.constant({ headers: { authorization: `Bearer ${other.careToken}` }, isForeign: true }),
    fc.constant({ headers: { authorization: `Bearer ${other.userToken}` }, isForeign: true }),
  )
  return often(right[credential], wrong, 6)
}

/** What is there, mostly this account's. */
const everybodys = ({ known, foreign }: Populated): Known => ({
  ...known,
  ...Object.fromEntries(
    Object.entries(foreign).map(([name, ids]) => [name, [...(known[name] ?? []), ...(known[name] ?? []), ...ids]]),
  ),
})

function pathsOf({ template }: Operation, { known, foreign }: Populated): fc.Arbitrary<string> {
  const pieces = template.split(/\{(\w+)\}/)
  const parts = pieces.map((piece, index) => {
    if (index % 2 === 0) return fc.constant(piece)
    const names = [`${template} ${piece}`, `${template.split('/')[2]} id`, piece]
    const named = (of: Known) => names.map((name) => of[name]).find((ids) => ids !== undefined)
    const idsOf = (ids: unknown[]) => fc.constantFrom(...ids).map((id) => encodeURIComponent(String(id)))
    const odd = fc.constantFrom(...oddUrlParts)
    const theirs = named(foreign)
    const wrong = theirs === undefined ? odd : fc.oneof(odd, idsOf(theirs))
    return often(idsOf(named(known) ?? ['x']), wrong, 2)
  })
  return fc.tuple(...parts).map((all) => all.join(''))
}

function queriesOf(operation: Operation, { schemas }: Document, populated: Populated): fc.Arbitrary<string> {
  const pairs = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required = false, schema }) => {
      const right = valuesOf(schema, schemas, everybodys(populated), name).map((value) =>
        encodeURIComponent(textOf(value)),
      )
      const value = often(right, fc.constantFrom(...oddUrlParts), 5)
      // An index or a name in brackets is another parameter.
      const key = often(fc.constant(name), fc.constantFrom(`${name}[]`, `${name}[x]`, name.toUpperCase()), 40)
      const pair = fc.tuple(key, value).map((both) => both.join('='))
      return fc.option(pair, { freq: required ? 12 : 1, nil: undefined })
    })
  const extra = often(fc.constant(''), fc.constantFrom(...oddQueries), 3)
  return fc
    .tuple(extra, ...pairs)
    .map(([added, ...given]) =>
      [...given, added === '' ? undefined : added].filter((each) => each !== undefined).join('&'),
    )
}

const textOf = (value: unknown) => (typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value))

type Body = { bytes: Buffer; headers: Record<string, string> } | undefined

const strayBodies: fc.Arbitrary<Body> = often(
  fc.constant(undefined),
  fc.constantFrom(...oddBodies).map((bytes) => ({ bytes, headers: { 'content-type': 'application/json' } })),
  8,
)

function bodiesOf(operation: Operation, { schemas }: Document, populated: Populated): fc.Arbitrary<Body> {
  const examples = populated.examples[operation.id] ?? []
  return fc.oneof(
    ...operation.bodies.flatMap(([type, schema]) => {
      const toBody = (bytes: Buffer) => ({ bytes, headers: { 'content-type': type } })
      const texts = isForm(type) ? forms(schema, schemas, populated) : jsonTexts(schema, schemas, populated, examples)
      return [
        { weight: 12, arbitrary: texts.map((text) => toBody(Buffer.from(text))) },
        { weight: 3, arbitrary: fc.constantFrom(...oddBodies).map(toBody) },
        { weight: 1, arbitrary: fc.constant<Body>(undefined) },
        { weight: 1, arbitrary: texts.chain((text) => compressed(Buffer.from(text), type)) },
      ]
    }),
  )
}

const isForm = (type: string) => type === 'application/x-www-form-urlencoded'

function forms(schema: Schema, schemas: Record<string, Schema>, { known }: Populated): fc.Arbitrary<string> {
  return valuesOf(schema, schemas, known).map((value) =>
    Object.entries(value as object)
      .map(([name, member]) => `${name}=${encodeURIComponent(textOf(member))}`)
      .join('&'),
  )
}

/** Gzip that is whole, cut off, broken, or a bomb. */
function compressed(bytes: Buffer, type: string): fc.Arbitrary<Body> {
  const whole = gzipSync(bytes)
  const broken = Buffer.from(whole)
  broken[Math.floor(broken.length / 2)]! ^= 0xff
  return fc
    .constantFrom(whole, whole.subarray(0, -9), broken, bytes, Buffer.concat([whole, whole]), ...bombs)
    .map((sent) => ({ bytes: sent, headers: { 'content-type': type, 'content-encoding': 'gzip' } }))
}

/** A change to one place in a value: `at` chooses the place. */
type Change = { at: number; how: 'replace' | 'remove' | 'add' | 'wrap' | 'double'; text: string }

function jsonTexts(
  schema: Schema,
  schemas: Record<string, Schema>,
  populated: Populated,
  examples: unknown[],
): fc.Arbitrary<string> {
  const drawn = valuesOf(schema, schemas, everybodys(populated))
  const value =
    examples.length === 0
      ? drawn
      : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...examples) }, { weight: 1, arbitrary: drawn })
  const change: fc.Arbitrary<Change> = fc.record({
    at: fc.nat({ max: 999 }),
    how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap', 'double'),
    text: fc.constantFrom(...oddJson),
  })
  return fc
    .tuple(value, fc.array(change, { maxLength: 2 }), often(fc.constant(0), fc.integer({ min: 1, max: 40 }), 12))
    .map(([whole, changes, cut]) => {
      const text = changes.reduce((json, each) => changeText(json, each), JSON.stringify(whole) ?? 'null')
      return cut === 0 ? text : text.slice(0, -cut)
    })
}

/** Each member and element of a text that JSON.stringify wrote is where a change can be made. */
function changeText(json: string, { at, how, text }: Change): string {
  const places = [...json.matchAll(/(?:"(?:[^"\\]|\\.)*":)?("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|true|false|null|[[{])/g)]
  const place = places[at % Math.max(1, places.length)]
  if (place === undefined) return text
  const [whole, value = ''] = place
  const name = whole.slice(0, whole.length - value.length)
  const [before, after] = [json.slice(0, place.index), json.slice(place.index + whole.length)]
  const isOpen = value === '{' || value === '['
  switch (how) {
    case 'replace':
      return isOpen ? `${before}${name}${text}${afterBracket(after)}` : `${before}${name}${text}${after}`
    case 'remove':
      return isOpen || name === ''
        ? `${before}${name}null${isOpen ? afterBracket(after) : after}`
        : before + after.replace(/^,/, '')
    case 'add':
      return value === '{'
        ? `${before}${whole}"__proto_":${text}${after.startsWith('}') ? '' : ','}${after}`
        : `${before}${name}[${text}]${isOpen ? afterBracket(after) : after}`
    case 'wrap':
      return isOpen ? json : `${before}${name}[${value}]${after}`
    default:
      return isOpen || name === '' ? json : `${before}${whole},${name}${text}${after}`
  }
}

/** What comes behind the bracket that closes the one that was open. */
function afterBracket(rest: string): string {
  let depth = 1
  for (const match of rest.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (match[0].startsWith('"')) continue
    depth += match[0] === '[' || match[0] === '{' ? 1 : -1
    if (depth === 0) return rest.slice(match.index + 1)
  }
  return ''
}
