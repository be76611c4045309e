import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { request } from 'undici'
import { startPeerProcess } from './peer-process.ts'
import type { Launch, Peer } from './peer.ts'

const DATABASE = 'bench'
const PATIENCE_MS = 120_000

/** InfluxDB 1.x with the settings that it has without a configuration file; Debian's file changes none of them. */
export const influxdb: Peer = {
  name: 'InfluxDB',
  package: 'influxdb',
  binary: 'influxd',
  versionFlag: 'version',
  launch,
  readyPath: '/ping',
  writePath: `/write?db=${DATABASE}&precision=ms`,
  prepare: async (url) => {
    await query(url, `create database ${DATABASE}`)
  },
  count: async (url) => {
    const { results } = await query(url, 'select count(value) from bpm')
    return Number(results[0]?.series?.[0]?.values[0]?.[1] ?? 0)
  },
  settle,
  // Not the log: all of it is in here too by then, but the last file of each shard's log stays until its next write.
  stored: (folder) => [join(folder, 'data', DATABASE)],
}

function launch(folder: string, port: number): Launch {
  return {
    arguments: ['run', '-config', '/dev/null'],
    environment: {
      INFLUXDB_META_DIR: join(folder, 'meta'),
      INFLUXDB_DATA_DIR: join(folder, 'data'),
      INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
      INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
      // Of backups, on any port: two of them must not meet.
      INFLUXDB_BIND_ADDRESS: '127.0.0.1:0',
    },
  }
}

type Answer = { results: { error?: string; series?: { values: unknown[][] }[] }[] }

async function query(url: string, text: string): Promise<Answer> {
  const body = new URLSearchParams({ db: DATABASE, q: text }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await request(`${url}/query`, { method: 'POST', headers, body })
  const answer = await response.body.text()
  if (response.statusCode !== 200) throw new Error(`${text} was answered ${response.statusCode}: ${answer}`)
  const parsed = JSON.parse(answer) as Answer
  const error = parsed.results[0]?.error
  if (error !== undefined) throw new Error(`${text}: ${error}`)
  return parsed
}

/**
 * It keeps up to 25 MB of each shard in memory and in its log until ten minutes after the last write, and stopping it
 * changes nothing about that. Here it is told one second.
 */
async function settle(binary: string, folder: string): Promise<void> {
  const impatient = { INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION: '1s' }
  await using running = await startPeerProcess(binary, folder, {
    launch: (...where) => {
      const { arguments: args, environment } = launch(...where)
      return { arguments: args, environment: { ...environment, ...impatient } }
    },
    readyPath: influxdb.readyPath,
  })
  const end = performance.now() + PATIENCE_MS
  while ((await measureCache(running.url)) > 0) {
    if (performance.now() > end) throw new Error('InfluxDB did not write what it has in memory into files of data')
    await setTimeout(200)
  }
}

type Statistics = Record<string, { name?: string; tags?: { database?: string }; values?: { memBytes?: number } }>

/** Bytes of samples that are not in files of data yet. */
async function measureCache(url: string): Promise<number> {
  const response = await request(`${url}/debug/vars`)
  const caches = Object.values((await response.body.json()) as Statistics).filter(
    ({ name, tags }) => name === 'tsm1_cache' && tags?.database === DATABASE,
  )
  if (caches.length === 0) throw new Error('InfluxDB says nothing of its caches')
  return caches.reduce((sum, { values }) => sum + (values?.memBytes ?? 0), 0)
}
