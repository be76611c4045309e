import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHostResolver, type ResolveHost } from '../../src/webhooks/resolve-host.ts'

/** A name server: silent for `silent.example`, 192.0.2.7 for `here.example`, and no such name for all others. */
const server = createSocket('udp4')
let resolve: ResolveHost

beforeAll(async () => {
  server.on('message', (question, { port, address }) => {
    const name = question.subarray(12, question.indexOf(0, 12)).toString('latin1')
    if (name.includes('silent')) return
    const isAddress = question.readUInt16BE(question.indexOf(0, 12) + 1) === 1
    const answer = Buffer.from(question.subarray(0, question.indexOf(0, 12) + 5))
    const isHere = name.includes('here') && isAddress
    answer.writeUInt16BE(name.includes('here') ? 0x8180 : 0x8183, 2)
    answer.writeUInt16BE(isHere ? 1 : 0, 6)
    answer.writeUInt32BE(0, 8)
    const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7])
    server.send(isHere ? Buffer.concat([answer, record]) : answer, port, address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  resolve = createHostResolver([`127.0.0.1:${server.address().port}`])
})
afterAll(() => server.close())

test('a name is resolved; one that only this machine knows, too', async () => {
  expect(await resolve('here.example')).toEqual([{ address: '192.0.2.7', family: 4 }])
  expect(await resolve('localhost')).toContainEqual({ address: '127.0.0.1', family: 4 })
  await expect(resolve('unknown.invalid')).rejects.toThrow('ENOTFOUND')
})

test('names whose server is silent keep nobody from working, and are given up on', async () => {
  const silent = Array.from({ length: 30 }, (_, n) =>
    resolve(`silent${n}.example`).then(String, (error: Error) => error.message),
  )
  let isOver = false
  const all = Promise.all(silent).then((messages) => {
    isOver = true
    return messages
  })
  // Reading a file takes a thread of those that the system's look-up would hold.
  for (let count = 0; count < 10; count++) await readFile(import.meta.filename)
  expect(await resolve('here.example')).toHaveLength(1)
  expect(isOver).toBe(false)
  expect(new Set((await all).map((message) => message.split(' ')[1]))).toEqual(new Set(['ETIMEOUT']))
}, 20_000)
