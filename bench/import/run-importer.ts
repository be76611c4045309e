import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const BIN = join(import.meta.dirname, '../../sdk/cli/bin/pulsewell.js')
const PAGE_BYTES = 4096
const TICKS_PER_SECOND = 100
const LOOK_MS = 200

export type Measured = {
  seconds: number
  /** Of the importer's own process. */
  cpuSeconds: number
  /** The most memory that it had resident while it read each quarter of the file, in bytes. */
  quarters: number[]
}

/** `pulsewell import` in a process of its own, watched. Throws with what it said when it fails. */
export async function runImporter(
  args: string[],
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<Measured> {
  const begin = performance.now()
  const child = spawn(process.execPath, [BIN, 'import', ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  const ended = once(child, 'exit')
  let said = ''
  let percent = 0
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = text
    percent = Number(/ (\d+) %/.exec(text)?.[1] ?? percent)
  })
  const quarters = [0, 0, 0, 0]
  let cpuSeconds = 0
  while (child.exitCode === null && child.signalCode === null) {
    const quarter = Math.min(3, Math.floor(percent / 25))
    const now = await readUsage(child.pid!)
    quarters[quarter] = Math.max(quarters[quarter]!, now?.resident ?? 0)
    cpuSeconds = now?.cpuSeconds ?? cpuSeconds
    await Promise.race([ended, setTimeout(LOOK_MS)])
  }
  if (child.exitCode !== 0) throw new Error(`the importer failed: ${said}`)
  return { seconds: (performance.now() - begin) / 1000, cpuSeconds, quarters }
}

/** proc(5): user and system time are the 14th and 15th fields of stat, the resident pages the second of statm. */
async function readUsage(pid: number): Promise<{ resident: number; cpuSeconds: number } | undefined> {
  try {
    const statm = await readFile(`/proc/${pid}/statm`, 'utf8')
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      resident: Number(statm.split(' ')[1]) * PAGE_BYTES,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    }
  } catch {
    // It has ended.
    return undefined
  }
}
