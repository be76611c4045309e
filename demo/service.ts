import { DemoFailure } from './failure.ts'
import { startOwnService } from './own-service.ts'
import { type Progress, seconds } from './progress.ts'
import { probe } from './readiness.ts'

/** A service to show, and a secret key for it. Disposing of it stops it when the demo started it. */
export type Service = AsyncDisposable & {
  url: string
  key: string
  /** The end of its log, where the demo has it. */
  readLog?: () => Promise<string>
}

const DEFAULT_PORT = '3000'

/** The service that runs on PORT, or else one of the demo's own. Throws DemoFailure when there is no key for it. */
export async function openService(environment: NodeJS.ProcessEnv, progress: Progress): Promise<Service> {
  const url = `http://127.0.0.1:${environment['PORT'] || DEFAULT_PORT}`
  const step = progress.begin('service', `looking for one at ${url}`)
  const found = await probe(url)
  if (found === 'not ready') {
    throw new DemoFailure(`A service runs at ${url}, but it is not ready: ${url}/readyz says what it lacks.`, 2)
  }
  if (found === 'ready') {
    const key = findKey(environment, url)
    step.done(`uses the one that runs at ${url}`)
    return { url, key, [Symbol.asyncDispose]: async () => undefined }
  }
  const startedAt = performance.now()
  step.update('none runs; starting one, with a database of its own')
  const service = await startOwnService()
  step.done(`started at ${service.url}, with a database of its own (${seconds(startedAt)})`)
  return service
}

function findKey(environment: NodeJS.ProcessEnv, url: string): string {
  const key = environment['PULSEWELL_KEY'] || environment['BOOTSTRAP_SECRET_KEY']
  if (key) return key
  throw new DemoFailure(
    `A service runs already at ${url}, and the demo needs a secret key for it:
one that the service showed at its first start.

  PULSEWELL_KEY=sk_live_... npm run demo

If it is lost, make another:

  npm run pulsewell -- keys list                     # shows the account's id
  npm run pulsewell -- keys create --account <id>

Or stop the service: the demo then starts one of its own, and leaves nothing behind.`,
    2,
  )
}
