import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { STATE_SECONDS } from './connect-states.ts'

/** One for each state, so that two that are under way in one browser do not undo each other. */
const nameOf = (state: string) => `connect_${createHash('sha256').update(`cookie ${state}`).digest('hex').slice(0, 16)}`

/** Ties a state to the browser it was begun in: nobody else's callback link then connects anything there. */
export function setStateCookie(reply: FastifyReply, state: string, cookie: string, publicUrl: string): void {
  reply.header('set-cookie', attributes(nameOf(state), cookie, STATE_SECONDS, publicUrl))
}

export function clearStateCookie(reply: FastifyReply, state: string, publicUrl: string): void {
  reply.header('set-cookie', attributes(nameOf(state), '', 0, publicUrl))
}

/** Lax: it is to come along when the provider sends the browser back. */
const attributes = (name: string, value: string, seconds: number, publicUrl: string) =>
  `${name}=${value}; Path=/connect; Max-Age=${seconds}; HttpOnly; SameSite=Lax` +
  (publicUrl.startsWith('https:') ? '; Secure' : '')

export function readStateCookie(request: FastifyRequest, state: string): string | undefined {
  const prefix = `${nameOf(state)}=`
  const pairs = request.headers.cookie?.split(';').map((pair) => pair.trim()) ?? []
  return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length)
}
