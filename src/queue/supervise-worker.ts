import { setTimeout } from 'node:timers/promises'

/** The part of a BullMQ worker that is made without running. */
type Worker = {
  on: (event: 'error', listener: (error: Error) => void) => unknown
  waitUntilReady: () => Promise<unknown>
  run: () => Promise<unknown>
  pause: (doNotWaitActive?: boolean) => Promise<unknown>
  resume: () => unknown
  close: (force?: boolean) => Promise<unknown>
}

export type Supervised = { close: () => Promise<void> }

const PAUSE_MS = 1000

/**
 * Keeps a worker going while its backend comes and goes. BullMQ 6.7 remembers a failed start for good, and tries again at
 * once after most errors: a worker that starts beside a database that is starting, or out of connections, would take all
 * of the processor for ever. So one that did not get ready is replaced, and one that reports an error rests.
 */
export function superviseWorker(create: () => Worker, onError: (error: Error) => void): Supervised {
  const closing = new AbortController()
  const { signal } = closing
  const rest = () => setTimeout(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  let current: Worker | undefined

  const open = (): Worker => {
    const worker = create()
    let isResting = false
    const takeRest = async () => {
      isResting = true
      await worker.pause(true)
      await rest()
      isResting = false
      if (!signal.aborted) worker.resume()
    }
    worker.on('error', (error) => {
      if (isResting || signal.aborted) return
      onError(error)
      takeRest().catch(onError)
    })
    return worker
  }

  const start = async () => {
    while (!signal.aborted) {
      const worker = open()
      try {
        await worker.waitUntilReady()
        current = worker
        // Resolves when the worker closes.
        worker.run().catch(onError)
        return
      } catch (error) {
        onError(error as Error)
        await worker.close(true).catch(() => undefined)
        await rest()
      }
    }
  }

  const started = start()
  return {
    close: async () => {
      closing.abort()
      await started
      await current?.close()
    },
  }
}
