import { expect, test } from 'vitest'
import { createAddressGuard, RefusedAddress } from '../../src/webhooks/address-guard.ts'

const guard = createAddressGuard([])
const check = (host: string) => guard.checkLiteral(new URL(`https://${host}/hook`))

/** Every notation that a URL may give an address in, and every range that an outsider has no business in. */
test.each([
  // Loopback, and how it is disguised.
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7F.1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.1.',
  '127.0.0.0x1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '%31%32%37.0.0.1',
  '１２７.0.0.1',
  '127。0。0。1',
  // Unspecified and this network.
  '0.0.0.0',
  '0',
  '0.1.2.3',
  '[::]',
  // Private.
  '10.0.0.1',
  '10.255.255.255',
  '167772161',
  '0xa000001',
  '012.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '0xac.0x10.0.1',
  '192.168.0.1',
  '192.168.255.255',
  '3232235521',
  '0300.0250.0.1',
  '192.168.257',
  // Link-local, and the clouds' metadata.
  '169.254.0.1',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  // Carrier-grade NAT.
  '100.64.0.1',
  '100.127.255.255',
  '100.100.100.200',
  // Unique local.
  '[fc00::1]',
  '[fd12:3456:789a::1]',
  // Multicast and broadcast.
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  '[ff02::1]',
  '[ff0e::1]',
  // Reserved, documentation, benchmarking, protocol assignments.
  '240.0.0.1',
  '192.0.0.1',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1',
  '[2001:db8::1]',
  // IPv4 inside IPv6: mapped, NAT64, 6to4, Teredo, compatible.
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[0:0:0:0:0:ffff:c0a8:1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2002:a00:1::1]',
  '[2001:0:7f00:1::]',
  '[::127.0.0.1]',
])('refuses %s', (host) => {
  expect(() => check(host)).toThrow(RefusedAddress)
})

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '93.184.215.14',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '11.0.0.1',
  '134744072',
  '[2606:4700:4700::1111]',
  '[2a00:1450:4001:82a::200e]',
])('lets %s through', (host) => {
  expect(() => check(host)).not.toThrow()
})
