import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/context.ts'
import { openQueue } from '../../src/queue/queue.ts'
import { defineHandler, defineTopic } from '../../src/queue/topic.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const redisUrl = process.env['REDIS_URL']
const GRACE_MS = 500

// Said out loud rather than skipped: without REDIS_URL there is nothing to test against.
if (redisUrl === undefined) test('not run: REDIS_URL is not set', () => undefined)
else {
  test('with Redis away, waking does not throw and stopping takes no longer than the grace', async () => {
    const url = new URL(redisUrl)
    const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) })
    url.port = String(proxy.port)
    const config = readConfig({ REDIS_URL: url.href, REDIS_PREFIX: `test-${randomUUID().slice(0, 8)}` })
    const logged: string[] = []
    const queue = openQueue(config, 'unused', openLog(config, { write: (line) => void logged.push(line) }))
    const topic = defineTopic('test', z.strictObject({ n: z.number() }))
    const ran: number[] = []
    const handler = defineHandler({ topic, concurrency: 1, run: async (_, { n }) => void ran.push(n) })
    const workers = queue.startWorkers([handler], undefined)
    await expect.poll(() => queue.ping().then(() => 'there')).toBe('there')
    queue.wake(topic, [{ n: 1 }])
    await expect.poll(() => ran).toEqual([1])

    proxy.down()
    queue.wake(topic, [{ n: 2 }])
    await expect.poll(() => logged.join('')).toContain('a wake-up was not queued')
    const from = performance.now()
    await workers.stop(GRACE_MS)
    expect(performance.now() - from).toBeLessThan(GRACE_MS + 1500)
    await queue.close()
    await proxy.stop()
  })
}
