import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Schema, writePythonTypes } from './python-types.ts'

/** Writes the Python SDK's types of the committed document, or with `--check` fails when the committed ones are others. */
const path = join(import.meta.dirname, '../sdk/python/src/pulsewell/schema.py')
const document = JSON.parse(await readFile(join(import.meta.dirname, 'openapi.json'), 'utf8')) as {
  components: { schemas: Record<string, Schema> }
}
const types = writePythonTypes(document.components.schemas)

if (process.argv.includes('--check')) {
  if ((await readFile(path, 'utf8').catch(() => '')) !== types) {
    process.stderr.write('sdk/python/src/pulsewell/schema.py is not what the document says. Run: npm run openapi\n')
    process.exitCode = 1
  }
} else {
  await writeFile(path, types)
}
