import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/context.ts'
import { openQueue, type Queue } from '../../src/queue/queue.ts'
import { defineHandler, defineTopic, type JobHandler } from '../../src/queue/topic.ts'
import { cloneDatabase } from '../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const topic = defineTopic('test', z.strictObject({ n: z.number() }))

let databaseUrl: string
let proxy: TcpProxy
let queue: Queue
let pool: pg.Pool
let logged: any[]
let ran: number[]

beforeEach(async () => {
  databaseUrl = await cloneDatabase()
  const url = new URL(databaseUrl)
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) })
  url.port = String(proxy.port)
  logged = []
  ran = []
  const config = readConfig({ DATABASE_URL: url.href })
  queue = openQueue(config, url.href, openLog(config, { write: (line) => void logged.push(JSON.parse(line)) }))
  pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
})
afterEach(async () => {
  proxy.up()
  await queue.close()
  await pool.end()
  await proxy.stop()
})

const jobs = async () => (await pool.query('select from bullmq.job')).rowCount

const handler: JobHandler<undefined> = defineHandler({
  topic,
  concurrency: 1,
  run: async (_, { n }) => void ran.push(n),
})

describe('wakeOnce', () => {
  test('adds one job until it is due, and then another', async () => {
    const key = randomUUID()
    for (let i = 0; i < 3; i++) queue.wakeOnce(topic, key, { n: i }, 400)
    queue.wakeOnce(topic, 'another', { n: 9 }, 60_000)
    await expect.poll(jobs).toBe(2)
    const workers = queue.startWorkers([handler], undefined)
    await expect.poll(() => ran).toEqual([0])
    queue.wakeOnce(topic, key, { n: 7 }, 0)
    await expect.poll(() => ran).toEqual([0, 7])
    await workers.stop(1000)
  })

  test('adds it again when the first could not be added', async () => {
    proxy.down()
    queue.wakeOnce(topic, 'key', { n: 1 }, 60_000)
    await expect
      .poll(() => logged.map(({ msg }) => msg))
      .toContain('a wake-up was not queued; the sweeper will find it')
    proxy.up()
    queue.wakeOnce(topic, 'key', { n: 1 }, 60_000)
    await expect.poll(jobs).toBe(1)
  })
})

test('close waits for what is being added', async () => {
  queue.wake(topic, [{ n: 1 }, { n: 2 }])
  queue.wake(topic, [{ n: 3 }])
  await queue.close()
  expect(await jobs()).toBe(3)
  expect(logged).toEqual([])
})

test('waking with nothing to do adds nothing', async () => {
  queue.wake(topic, [])
  await queue.close()
  expect(await jobs()).toBe(0)
})

test('a payload that is not of the topic fails its job, which is not run', async () => {
  queue.wake({ name: topic.name, payload: z.unknown() }, [{ n: 'one' }])
  const workers = queue.startWorkers([handler], undefined)
  await expect.poll(() => logged.map(({ msg }) => msg)).toContain('a job failed; the sweeper will try its work again')
  queue.wake(topic, [{ n: 2 }])
  await expect.poll(() => ran).toEqual([2])
  await workers.stop(1000)
})

describe('while the database is away', () => {
  test('waking does not throw, and works again when it is back', async () => {
    proxy.down()
    const failures = () => logged.filter(({ topic: name }) => name === 'test').length
    // One that takes a connection which was cut is lost as well: the next is not.
    const wakeUntilThere = async (count: number) => {
      proxy.up()
      await expect
        .poll(async () => {
          queue.wake(topic, [{ n: 0 }])
          return jobs()
        })
        .toBeGreaterThan(count)
    }
    for (let i = 0; i < 3; i++) expect(() => queue.wake(topic, [{ n: i }])).not.toThrow()
    await expect.poll(failures).toBe(3)
    await expect(queue.ping()).rejects.toThrow()
    await wakeUntilThere(0)

    proxy.down()
    const before = failures()
    expect(() => queue.wake(topic, [{ n: 1 }])).not.toThrow()
    await expect.poll(failures).toBeGreaterThan(before)
    await wakeUntilThere((await jobs()) ?? 0)
  })

  test('workers that start leave the processor to others, and work once it is back', async () => {
    proxy.down()
    const workers = queue.startWorkers([handler], undefined)
    const from = performance.now()
    let ticks = 0
    const timer = setInterval(() => ticks++, 10)
    await expect.poll(() => ticks).toBeGreaterThan(150)
    clearInterval(timer)
    expect(performance.now() - from).toBeLessThan(4000)
    const reports = logged.filter(({ msg }) => msg === 'a worker reports an error')
    expect(reports.length).toBeGreaterThan(0)
    expect(reports.length).toBeLessThan(20)
    proxy.up()
    queue.wake(topic, [{ n: 1 }])
    await expect.poll(() => ran).toEqual([1])
    await workers.stop(1000)
  })

  test('workers that run leave the processor to others, and go on once it is back', async () => {
    const workers = queue.startWorkers([handler], undefined)
    queue.wake(topic, [{ n: 1 }])
    await expect.poll(() => ran).toEqual([1])
    proxy.down()
    const from = performance.now()
    let ticks = 0
    const timer = setInterval(() => ticks++, 10)
    await expect.poll(() => ticks).toBeGreaterThan(150)
    clearInterval(timer)
    expect(performance.now() - from).toBeLessThan(4000)
    expect(logged.length).toBeLessThan(50)
    proxy.up()
    queue.wake(topic, [{ n: 2 }])
    await expect.poll(() => ran).toEqual([1, 2])
    await workers.stop(1000)
  })
})

describe('wakeTogether', () => {
  const together = defineTopic('together', z.strictObject({ ids: z.array(z.string()) }))
  const came: string[][] = []
  const gatherer: JobHandler<undefined> = defineHandler({
    topic: together,
    concurrency: 1,
    run: async (_, { ids }) => void came.push(ids),
  })

  test('adds one job for ids that come together, and each id again once it was due', async () => {
    came.length = 0
    for (const id of ['a', 'b', 'a', 'c']) queue.wakeTogether(together, id, 300)
    await expect.poll(jobs).toBe(1)
    const workers = queue.startWorkers([gatherer], undefined)
    await expect.poll(() => came).toEqual([['a', 'b', 'c']])
    queue.wakeTogether(together, 'a', 100)
    await expect.poll(() => came).toEqual([['a', 'b', 'c'], ['a']])
    await workers.stop(1000)
  })

  test('adds what is being gathered when the queue is closed', async () => {
    queue.wakeTogether(together, 'a', 60_000)
    await queue.close()
    expect(await jobs()).toBe(1)
  })
})
