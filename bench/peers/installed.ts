import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Peer } from './peer.ts'

export type Installed = { peer: Peer; path: string; version: string }

const run = promisify(execFile)

/** Where Debian puts servers; a plain user's PATH may lack the second. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/sbin']

/** Null when the peer's binary is not on this machine. */
export async function findInstalled(peer: Peer): Promise<Installed | null> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...USUAL_FOLDERS]) {
    const path = join(folder, peer.binary)
    if (folder !== '' && (await isExecutable(path))) return { peer, path, version: await readVersion(peer, path) }
  }
  return null
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** What the binary says of itself, else (Debian's victoria-metrics says nothing) the version of the package that it is from. */
async function readVersion(peer: Peer, path: string): Promise<string> {
  const said = await outputOf(path, [peer.versionFlag])
  const packaged = () => outputOf('dpkg-query', ['--show', '--showformat', '${Version}', peer.package])
  return /v(\d+\.\d+\.\d+\S*)/.exec(said)?.[1] ?? ((await packaged()) || 'unknown')
}

const outputOf = (file: string, args: string[]): Promise<string> =>
  run(file, args).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
