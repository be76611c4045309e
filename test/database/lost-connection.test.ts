import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../src/database/open-database.ts'
import { OperatorError } from '../../src/errors.ts'
import { cloneDatabase } from '../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

let url: URL
let proxy: TcpProxy

beforeAll(async () => {
  url = new URL(await cloneDatabase())
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) })
  url.port = String(proxy.port)
})
afterAll(() => proxy.stop())

test('a connection that is lost at the start is told of without a stack', async () => {
  const work = withClient(url.href, async (client) => {
    proxy.down()
    await client.query('select 1')
  })
  await expect(work).rejects.toThrow(new OperatorError(`The connection to the database at ${url.host} was lost.`))
  proxy.up()
})

test('what goes wrong otherwise is not blamed on the connection', async () => {
  await expect(withClient(url.href, (client) => client.query('select from nowhere'))).rejects.toThrow('nowhere')
})
