import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PulsewellClient, type SampleInput } from '../../sdk/typescript/src/index.ts'
import { openUploadRecord } from '../../sdk/typescript/src/node.ts'

const FIXTURE = join(import.meta.dirname, '../fixtures/steps-by-minute.csv.gz')

/** The minutes of the first `count` lines, as samples of a device for each wearer. */
export function readFixture(count: number): SampleInput[] {
  const lines = gunzipSync(readFileSync(FIXTURE)).toString().trim().split('\n')
  return lines.slice(1, count + 1).map((line) => {
    const [wearer, start, steps] = line.split(',') as [string, string, string]
    return {
      data_type: 'steps',
      device_name: `Tracker ${wearer}`,
      start_date: start,
      end_date: new Date(Date.parse(start) + 60_000),
      value: Number(steps),
      unit: 'count',
    }
  })
}

type Job = { baseUrl: string; apiToken: string; userId: string; path: string; count: number; batchSize: number }

/** Run by a test, and killed by it: uploads the fixture, and prints the result. */
if (import.meta.main) {
  const { baseUrl, apiToken, userId, path, count, batchSize } = JSON.parse(process.argv[2]!) as Job
  const client = new PulsewellClient({ baseUrl, apiToken })
  await using record = await openUploadRecord(path)
  const samples = readFixture(count)
  const result = await client.samples.upload(samples, { userId, provider: 'fitbit', batchSize, record })
  process.stdout.write(JSON.stringify(result))
}
