import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile, type JSONSchema } from 'json-schema-to-typescript'

const DOCUMENT = join(import.meta.dirname, 'openapi.json')
const TYPES = join(import.meta.dirname, '../sdk/typescript/src/generated/schemas.ts')
const BANNER = '// Written by `npm run openapi` from openapi/openapi.json: do not edit.'

/** The schemas of the API's document as the types that the TypeScript SDK exports. */
async function renderTypes(): Promise<string> {
  const { components } = JSON.parse(await readFile(DOCUMENT, 'utf8')) as { components: { schemas: object } }
  const schemas = Object.fromEntries(Object.entries(components.schemas).filter(([name]) => !isLeftOut(name)))
  const text = JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/definitions/')
  const root = { definitions: JSON.parse(text) } as JSONSchema
  const rendered = await compile(root, 'Unused', {
    additionalProperties: false,
    bannerComment: BANNER,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 120, semi: false, singleQuote: true },
  })
  return tidy(rendered)
}

/** The Care API is not in the SDK; errors are `PulsewellError`s; health is for orchestrators. */
const isLeftOut = (name: string) => name.startsWith('Care') || /^(?:Health|Readiness|\w*Error)$/.test(name)

/** Without the type of the root, which is nothing, and the notes on where a type came from. */
function tidy(rendered: string): string {
  return rendered
    .replace(/export interface Unused \{[^}]*\}\n/, '')
    .replaceAll(/\n?[ \t]*\/\*\*\n(?: \* This interface was referenced[^\n]*\n \* via[^\n]*\n) \*\/\n/g, '\n')
    .replaceAll(/ \*\n \* This interface was referenced[^\n]*\n \* via[^\n]*\n/g, '')
}

const types = await renderTypes()
if (!process.argv.includes('--check')) {
  await writeFile(TYPES, types)
} else if ((await readFile(TYPES, 'utf8')) !== types) {
  process.stderr.write('The types of the TypeScript SDK are not what openapi.json says. Run: npm run openapi\n')
  process.exitCode = 1
}
