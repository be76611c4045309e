import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figures } from '../ingest/figures.ts'
import { measureDiskUsage } from './disk-usage.ts'
import type { Installed } from './installed.ts'
import type { Lines, Span } from './lines.ts'
import { startPeerProcess } from './peer-process.ts'
import { sendLines } from './send-lines.ts'

const WARM_UP_IN_FLIGHT = 8

/** Sends `lines` to a new process in an empty folder. Throws unless it then has exactly what it was sent. */
export async function measurePeer(
  { peer, path }: Installed,
  warmUp: Lines,
  lines: Lines,
  inFlight: number,
  signal: AbortSignal,
): Promise<Figures> {
  await using folder = await makeFolder()
  const sent = warmUp.samples + lines.samples
  const measure = async () => {
    await using running = await startPeerProcess(path, folder.path, peer)
    await peer.prepare?.(running.url)
    await sendLines(running.url, peer.writePath, warmUp, WARM_UP_IN_FLIGHT, signal)
    const figures = await sendLines(running.url, peer.writePath, lines, inFlight, signal)
    const count = await peer.count(running.url, unite(warmUp.span, lines.span))
    if (count !== sent) throw new Error(`${peer.name} has ${count} samples; it was sent ${sent}`)
    return figures
  }
  const figures = await measure()
  await peer.settle?.(path, folder.path)
  const bytes = await measureDiskUsage(peer.stored(folder.path))
  // The warm-up lies there too; its share is as large as its share of the samples.
  return { ...figures, storedBytes: (bytes * lines.samples) / sent }
}

const unite = (one: Span, other: Span): Span => ({
  first: Math.min(one.first, other.first),
  last: Math.max(one.last, other.last),
})

async function makeFolder() {
  const path = await mkdtemp(join(tmpdir(), 'pulsewell-bench-peer-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
