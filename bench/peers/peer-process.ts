import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { request } from 'undici'
import { freePort } from '../../src/database/free-port.ts'
import type { Peer } from './peer.ts'

type PeerProcess = AsyncDisposable & { url: string }

const PATIENCE_MS = 60_000
const LOG_CHARACTERS = 2000

/** Runs a peer in `folder`, as a process of this one's, until it is disposed of. Throws with its log if it does not start. */
export async function startPeerProcess(
  binary: string,
  folder: string,
  { launch, readyPath }: Pick<Peer, 'launch' | 'readyPath'>,
): Promise<PeerProcess> {
  const port = await freePort()
  const { arguments: args, environment } = launch(folder, port)
  const logPath = join(folder, 'log')
  await using log = await open(logPath, 'a')
  const child = spawn(binary, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', log.fd, log.fd],
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    if (isRunning(child)) child.kill('SIGTERM')
    await exited
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await waitUntilReady(child, `${url}${readyPath}`)
  } catch (error) {
    await stop()
    const said = (await readFile(logPath, 'utf8')).slice(-LOG_CHARACTERS)
    throw new Error(`${binary} did not start; the last that it said:\n${said}`, { cause: error })
  }
  return { url, [Symbol.asyncDispose]: stop }
}

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null

async function waitUntilReady(child: ChildProcess, url: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (isRunning(child) && performance.now() < end) {
    const statusCode = await request(url).then(
      async (response) => {
        await response.body.dump()
        return response.statusCode
      },
      // It does not listen yet.
      () => 0,
    )
    if (statusCode >= 200 && statusCode < 300) return
    await setTimeout(50)
  }
  throw new Error(isRunning(child) ? `no answer from ${url}` : 'it ended')
}
