import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import prettier from 'prettier'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { closeContext, openContext } from '../src/context.ts'

/**
 * Writes the OpenAPI document that the routes make, or with `--check` fails when the committed one is another.
 * Nothing is listened on and no database is asked.
 */
const path = join(import.meta.dirname, 'openapi.json')
const config = readConfig({ ENCRYPTION_KEYS: Buffer.alloc(32).toString('base64') })
const context = await openContext(config, 'postgresql://127.0.0.1:1/none', pino({ level: 'silent' }))
const app = await buildApp(context)
await app.ready()
const document = await prettier.format(JSON.stringify(app.swagger()), { parser: 'json' })
await app.close()
await closeContext(context)

if (process.argv.includes('--check')) {
  const committed = await readFile(path, 'utf8').catch(() => '')
  if (committed !== document) {
    process.stderr.write('openapi/openapi.json is not what the routes say. Run: npm run openapi\n')
    process.exitCode = 1
  }
} else {
  await writeFile(path, document)
}
