import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK_BYTES = 512

/** Bytes on disk of every file below the folders. Of blocks, not lengths: InfluxDB makes files longer than what is in them. */
export async function measureDiskUsage(folders: string[]): Promise<number> {
  const usages = await Promise.all(folders.map(measureFolder))
  return usages.reduce((sum, usage) => sum + usage, 0)
}

async function measureFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const stats = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))))
  return stats.reduce((sum, { blocks }) => sum + blocks * BLOCK_BYTES, 0)
}
