import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { EnvironmentVariables, readConfig } from '../src/config.ts'

const root = join(import.meta.dirname, '..')
const variables = Object.keys(EnvironmentVariables.shape).toSorted()
/** As it is when every `#` before a variable is taken off. */
const example = parseEnv((await readFile(join(root, '.env.example'), 'utf8')).replace(/^# (?=[A-Z_]+=)/gm, ''))

test('.env.example has every variable, and no other', () => {
  expect(Object.keys(example).toSorted()).toEqual(variables)
})

test('the values in .env.example are the defaults', () => {
  expect(readConfig(example)).toEqual(readConfig({}))
})

test("the README's table has every variable, with the default of .env.example", async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const section = /^## Configuration$(.*?)^## /ms.exec(readme)?.[1] ?? ''
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` +\| (?:`([^`]*)`)?/gm)]
  expect(Object.fromEntries(rows.map(([, name, value = '']) => [name, value]))).toEqual(example)
})
