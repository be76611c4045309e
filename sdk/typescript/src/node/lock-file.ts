import { randomUUID } from 'node:crypto'
import { constants, readFileSync } from 'node:fs'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Whose a lock is. `started` tells a process from a later one that was given its number; Linux alone says it. */
type Owner = { pid: number; host: string; started: string | undefined }

/**
 * Takes the lock `path`, a file beside what it protects; the answer gives it up. What a process left that was killed is
 * taken over. Throws when somebody holds it: a process that lives, or one of another machine, of which that is not known.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  const text = JSON.stringify({ ...owner, id: randomUUID() })
  while (!(await tryCreate(path, text))) {
    const held = await readFile(path, 'utf8').catch(ignoreMissing)
    if (held === undefined) continue
    if (isHeld(readOwner(held), owner)) throw new Error(describe(path, readOwner(held)))
    await discard(path, held)
  }
  return async () => {
    if ((await readFile(path, 'utf8').catch(ignoreMissing)) === text) await rm(path, { force: true })
  }
}

/** False when there is one. */
async function tryCreate(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Moved away first and looked at again: another process may have taken it over in between, and gets it back. */
async function discard(path: string, stale: string): Promise<void> {
  const moved = `${path}.${randomUUID()}`
  await rename(path, moved).catch(ignoreMissing)
  const text = await readFile(moved, 'utf8').catch(ignoreMissing)
  if (text !== undefined && text !== stale) await copyFile(moved, path, constants.COPYFILE_EXCL)
  await rm(moved, { force: true })
}

function isHeld(holder: Owner | undefined, self: Owner): boolean {
  if (holder === undefined || holder.host !== self.host) return true
  return isAlive(holder.pid) && startOf(holder.pid) === holder.started
}

function describe(path: string, holder: Owner | undefined): string {
  const who = holder === undefined ? 'somebody' : `process ${holder.pid} on ${holder.host}`
  return `${who} is using this upload record. If that has ended, delete ${path}.`
}

function readOwner(text: string): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Owner
    return Number.isInteger(pid) && pid > 0 ? { pid, host, started } : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** When a process started, in ticks since the machine did: field 22 of /proc/pid/stat, where there is one. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 2 is the command in parentheses, which may have blanks and parentheses in it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
