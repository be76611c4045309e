import { setTimeout } from 'node:timers/promises'

export type Reply = {
  status: number
  body: any
  /** Tries before this one whose outcome is not known: they may have been accepted. */
  isRepeated: boolean
}

export type Client = {
  /** Asks until it is answered 2xx, or 4xx, as a client with a queue of its own does. */
  ask: (method: string, path: string, options: { key?: string; token?: string; json?: unknown }) => Promise<Reply>
  /** How often each status was answered; 0 when no answer came. */
  statuses: Map<number, number>
}

const TIMEOUT_MS = 15_000

/** Somebody's app or server. `urls` are those of the API's processes that run now. */
export function openClient(urls: () => string[], pick: (urls: string[]) => string): Client {
  const statuses = new Map<number, number>()

  const tryOnce = async (method: string, path: string, headers: Record<string, string>, body: string | undefined) => {
    const running = urls()
    if (running.length === 0) return undefined
    const answer = await answerOf(new URL(path, pick(running)), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })
    const status = answer?.status ?? 0
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    return answer
  }

  return {
    statuses,
    ask: async (method, path, { key, token, json }) => {
      const headers = {
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      }
      const body = json === undefined ? undefined : JSON.stringify(json)
      for (let isRepeated = false; ; isRepeated = true) {
        const answer = await tryOnce(method, path, headers, body)
        if (answer !== undefined && answer.status < 500) return { ...answer, isRepeated }
        await setTimeout(100)
      }
    },
  }
}

async function answerOf(url: URL, init: RequestInit): Promise<{ status: number; body: any } | undefined> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text }
  } catch {
    return undefined
  }
}
