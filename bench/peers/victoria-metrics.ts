import { join } from 'node:path'
import { request } from 'undici'
import type { Span } from './lines.ts'
import type { Peer } from './peer.ts'

/** VictoriaMetrics, single-node. The recording is of 2016: by default it would keep a month. */
export const victoriaMetrics: Peer = {
  name: 'VictoriaMetrics',
  package: 'victoria-metrics',
  binary: 'victoria-metrics',
  versionFlag: '-version',
  launch: (folder, port) => ({
    arguments: [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=100y'],
    environment: {},
  }),
  readyPath: '/health',
  writePath: '/write?precision=ms',
  count,
  stored: (folder) => [join(folder, 'data'), join(folder, 'indexdb')],
}

type Answer = { data: { result: { value: [number, string] }[] } }

async function count(url: string, { first, last }: Span): Promise<number> {
  // What came in the last second cannot be found before.
  await get(`${url}/internal/force_flush`)
  const range = `${last - first + 1000}ms`
  const parameters = new URLSearchParams({
    query: `sum(count_over_time(bpm_value[${range}]))`,
    time: String(last / 1000),
    nocache: '1',
  })
  const { data } = JSON.parse(await get(`${url}/api/v1/query?${parameters.toString()}`)) as Answer
  return Number(data.result[0]?.value[1] ?? 0)
}

async function get(url: string): Promise<string> {
  const response = await request(url)
  const text = await response.body.text()
  if (response.statusCode !== 200) throw new Error(`GET ${url} was answered ${response.statusCode}: ${text}`)
  return text
}
