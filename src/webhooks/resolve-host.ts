import { type LookupAddress, lookup, promises } from 'node:dns'
import { promisify } from 'node:util'

/** The addresses of a host name, IPv4 first. Rejects when it has none, or the name servers do not answer in time. */
export type ResolveHost = (hostname: string) => Promise<LookupAddress[]>

const TIMEOUT_MS = 1500
const TRIES = 2
const LOOPBACK: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]
const NO_SUCH_NAME = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * Asks name servers itself rather than through the system's look-up, which takes one of the process's four threads for
 * as long as a name server is silent: a few names of one stranger's would stop everybody else's. Names that no server
 * knows are looked up in the system's own files, such as /etc/hosts. `servers`: others than the system's.
 */
export function createHostResolver(servers?: string[]): ResolveHost {
  const resolver = new promises.Resolver({ timeout: TIMEOUT_MS, tries: TRIES })
  if (servers !== undefined) resolver.setServers(servers)
  return async (hostname) => {
    // RFC 6761 §6.3
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) return LOOPBACK
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = answers.flatMap((answer, index) =>
      answer.status === 'rejected' ? [] : answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })),
    )
    if (found.length > 0) return found
    const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []))
    const isUnanswered = failures.some((error) => !('code' in error && NO_SUCH_NAME.has(String(error.code))))
    if (isUnanswered) throw failures[0] ?? new Error(`${hostname} has no address`)
    return promisify(lookup)(hostname, { all: true })
  }
}
