import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** `message` is the first that it sends; `onMessage` is told of those after it. */
export type Child = AsyncDisposable & { message: unknown; onMessage: (listener: (message: unknown) => void) => void }

/** Runs `file` in a process of its own until it is disposed of. */
export async function startChild(
  file: URL,
  environment: Record<string, string>,
  profileFolder?: string,
): Promise<Child> {
  const child = fork(file, [], {
    execArgv: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    env: { ...process.env, ...environment },
  })
  const exited = once(child, 'exit')
  const message = await readFirst(child)
  return {
    message,
    onMessage: (listener) => child.on('message', listener),
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

async function readFirst(child: ChildProcess): Promise<unknown> {
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
  if (typeof message === 'number' || message === null) throw new Error('a process did not start; what it said is above')
  return message
}
