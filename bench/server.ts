/** The server under test, in a process of its own. Says its URL when it listens; stops when its parent lets go. */
import { bootstrapKeys } from '../src/accounts/bootstrap.ts'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { closeContext, openContext } from '../src/context.ts'
import { OperatorError } from '../src/errors.ts'
import type { ingestSamples } from '../src/samples/ingest-samples.ts'

/** Stands in for storing: what is left is HTTP, authentication, parsing and validation. */
const storeNothing: typeof ingestSamples = async (_context, _grant, { samples, rejected }) => ({
  inserted: samples.length,
  updated: 0,
  unchanged: 0,
  rejected,
})

const config = readConfig(process.env)
if (config.databaseUrl === undefined) throw new OperatorError('DATABASE_URL is not set.')
const context = await openContext(config, config.databaseUrl)
await bootstrapKeys(context)
const app = await buildApp(context, process.argv.includes('--storage-off') ? storeNothing : undefined)
const url = await app.listen({ host: config.host, port: config.port })

// Ctrl-C reaches the whole process group; the parent decides when this process is done.
process.on('SIGINT', () => undefined)
process.once('disconnect', () => {
  void app.close().then(() => closeContext(context))
})
process.send?.({ url })
