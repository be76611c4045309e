import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import ipaddr from 'ipaddr.js'
import { createHostResolver, type ResolveHost } from './resolve-host.ts'

/** Refuses to call hosts that an outsider could not reach: the server must not be made to knock on inner doors. */
export type AddressGuard = {
  /** Throws RefusedAddress when the URL's host is an IP literal that is refused. Names are judged by `lookup`. */
  checkLiteral: (url: URL) => void
  /** Resolves names for the socket itself: what it answers is what is connected to, so no second look-up can differ. */
  lookup: LookupFunction
}

/** RFC 4291 §2.4: what is assigned of IPv6 is 2000::/3. The rest has old forms such as ::127.0.0.1. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')
const isGlobal = (address: ipaddr.IPv4 | ipaddr.IPv6) => address.kind() === 'ipv4' || address.match(GLOBAL_IPV6)

export class RefusedAddress extends Error {
  constructor(address: string) {
    super(`${address} is not a public address (the operator can open it with WEBHOOK_ALLOW_CIDRS)`)
    this.name = 'RefusedAddress'
  }
}

/** `allowCidrs` opens what the operator wants. */
export function createAddressGuard(allowCidrs: string[], resolve: ResolveHost = createHostResolver()): AddressGuard {
  const allowed = allowCidrs.map((cidr) => ipaddr.parseCIDR(cidr))

  const isRefused = (text: string) => {
    const address = ipaddr.parse(text)
    if (allowed.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits)))
      return false
    // Every special-purpose range has a name of its own, NAT64 and IPv4-mapped addresses too; public is `unicast`.
    return address.range() !== 'unicast' || !isGlobal(address)
  }

  return {
    checkLiteral: (url) => {
      // The URL parser has made the decimal, octal, hexadecimal and short forms of IPv4 into the plain one.
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (ipaddr.isValid(host) && isRefused(host)) throw new RefusedAddress(host)
    },
    lookup: (hostname, options, callback) => {
      const answer = async () => {
        const found = await resolve(hostname)
        const refused = found.find(({ address }) => isRefused(address))
        if (refused !== undefined) throw new RefusedAddress(refused.address)
        return found
      }
      callbackify(answer)((error: NodeJS.ErrnoException | null, resolved?: LookupAddress[]) => {
        const found = resolved ?? []
        const [first] = found
        if (error !== null || options.all === true || first === undefined) callback(error, found)
        else callback(null, first.address, first.family)
      })
    },
  }
}
