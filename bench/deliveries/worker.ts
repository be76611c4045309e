/** A worker in a process of its own. Says that it is there; stops when its parent lets go. */
import { readConfig } from '../../src/config.ts'
import { closeContext, openContext } from '../../src/context.ts'
import { OperatorError } from '../../src/errors.ts'
import { startWorker } from '../../src/worker.ts'

const config = readConfig(process.env)
if (config.databaseUrl === undefined) throw new OperatorError('DATABASE_URL is not set.')
const context = await openContext(config, config.databaseUrl)
const worker = startWorker(context)

process.on('SIGINT', () => undefined)
process.once('disconnect', () => {
  void worker.stop().then(() => closeContext(context))
})
process.send?.('ready')
