import { expect, test } from 'vitest'
import { createAddressGuard, RefusedAddress } from '../../src/webhooks/address-guard.ts'
import type { ResolveHost } from '../../src/webhooks/resolve-host.ts'

// No name that resolves so can be counted on; everything else here is the guard's own.
let resolve: ResolveHost
const resolveTo = (...addresses: string[]) => {
  resolve = async () => {
    if (addresses.length === 0) throw new Error('ENOTFOUND')
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}

function look(options: { all?: boolean } = { all: true }, allowCidrs: string[] = []): Promise<unknown> {
  const { promise, resolve: answer, reject } = Promise.withResolvers<unknown>()
  createAddressGuard(allowCidrs, resolve).lookup('example.com', options, (error, found) =>
    error === null ? answer(found) : reject(error),
  )
  return promise
}

test('a name is refused when any of its addresses is', async () => {
  resolveTo('93.184.215.14', '127.0.0.1')
  await expect(look()).rejects.toThrow(RefusedAddress)
  await expect(look({})).rejects.toThrow(RefusedAddress)
  resolveTo('93.184.215.14', '::ffff:10.0.0.1')
  await expect(look()).rejects.toThrow(RefusedAddress)
})

test('public addresses are answered as the socket asks for them', async () => {
  resolveTo('93.184.215.14', '2606:2800:21f::1')
  const all = [
    { address: '93.184.215.14', family: 4 },
    { address: '2606:2800:21f::1', family: 6 },
  ]
  expect(await look()).toEqual(all)
  expect(await look({})).toBe('93.184.215.14')
})

test('the operator can open a network, and only that', async () => {
  resolveTo('10.1.2.3')
  expect(await look({}, ['10.1.0.0/16'])).toBe('10.1.2.3')
  await expect(look({}, ['10.2.0.0/16'])).rejects.toThrow(RefusedAddress)
})

test('a name that is unknown is an error', async () => {
  resolveTo()
  await expect(look()).rejects.toThrow('ENOTFOUND')
})
