import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../../..')
const BIN = join(ROOT, 'sdk/cli/bin/pulsewell.js')

/** What is run is what is published: the compiled package. */
export async function buildCommand(): Promise<void> {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  for (const project of ['sdk/typescript/tsconfig.esm.json', 'sdk/cli/tsconfig.build.json']) {
    await promisify(execFile)(tsc, ['-p', join(ROOT, project)])
  }
}

export type Ended = { code: number | null; signal: string | null; stdout: string; stderr: string }
export type Running = { child: ChildProcess; ended: Promise<Ended> }

/** `pulsewell import ...` as somebody runs it. */
export function startImport(args: string[], environment: Record<string, string>): Running {
  const child = spawn(process.execPath, [BIN, 'import', ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (texts[name] += chunk))
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    // A slow machine may have time to say how far it is.
    return { code, signal, stdout: texts.stdout, stderr: texts.stderr.replace(/^[█░].*\n/gm, '') }
  })
  return { child, ended }
}

/** Stands in front of a server and is told of every batch that was answered, before the answer is passed on. */
export async function startGate(url: string, onBatch: () => void) {
  let underWay = 0
  const gate = createServer((request, response) => {
    underWay++
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    const pass = async () => {
      const answer = await forward(url, request, Buffer.concat(chunks))
      const text = await answer.text()
      if (request.url === '/api/v2/samples') onBatch()
      underWay--
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text)
    }
    request.on('end', () => void pass())
  })
  await once(gate.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    stop: () => gate.close(),
    underWay: () => underWay,
  }
}

function forward(url: string, request: IncomingMessage, body: Buffer) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => /^(?:authorization|content-|prefer|accept$)/.test(name)),
  )
  delete headers['content-length']
  return fetch(new URL(request.url!, url), {
    method: request.method!,
    headers: headers as Record<string, string>,
    ...(request.method === 'GET' ? {} : { body: new Uint8Array(body) }),
  })
}
