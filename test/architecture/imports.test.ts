import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '../../src')

/**
 * What each part may import besides itself: imports run one way, from the command line down to the kernel. Anyone may
 * import the kernel; a part that is not listed here is a decision that has not been made.
 */
const kernel = ['config', 'errors', 'zones']
const infrastructure = ['context', 'secret-box', 'metrics', 'database', 'queue', 'http']
const domain = [...infrastructure, 'webhooks/emit-event']
const allowed: Record<string, string[]> = {
  config: [],
  zones: [],
  errors: [],
  'secret-box': [],
  metrics: ['database'],
  database: [],
  queue: [],
  context: ['database', 'queue', 'secret-box', 'metrics'],
  http: ['context', 'database', 'metrics'],
  providers: ['samples/types', 'samples/device-kinds'],
  accounts: infrastructure,
  webhooks: [...infrastructure, 'accounts'],
  users: [...domain, 'accounts'],
  sandbox: ['providers', 'samples/types', 'samples/device-kinds'],
  samples: [...domain, 'users', 'accounts'],
  summaries: [...domain, 'samples', 'users', 'accounts'],
  connect: [...domain, 'providers', 'users', 'accounts', 'backfills/ask-for-days'],
  backfills: [...domain, 'connect', 'providers', 'sandbox', 'samples', 'users', 'accounts'],
  faults: [...infrastructure, 'accounts', 'connect/connect-tokens', 'webhooks/arm-fault'],
  care: [...domain, 'samples', 'users', 'accounts'],
  studies: [...domain, 'summaries', 'users', 'accounts'],
  widget: [],
  apple: [...domain, 'connect', 'samples', 'accounts'],
  app: [
    ...infrastructure,
    'accounts',
    'users',
    'care',
    'backfills',
    'connect',
    'faults',
    'apple',
    'samples',
    'studies',
    'summaries',
    'webhooks',
    'widget',
  ],
  worker: ['context', 'http', 'accounts', 'backfills', 'connect', 'summaries', 'webhooks'],
  'first-steps': ['serve'],
  serve: [...infrastructure, 'app', 'worker', 'accounts'],
  main: [
    ...infrastructure,
    'serve',
    'first-steps',
    'accounts',
    'care/ids',
    'connect/reencrypt-grants',
    'connect/subscribe-google',
    'webhooks/reencrypt-secrets',
  ],
}

test('imports run one way', () => {
  const wrong = imports().filter(({ from, target }) => {
    const part = partOf(from)
    if (part === partOf(target) || kernel.includes(partOf(target))) return false
    const rules = allowed[part]
    expect(rules, `${part} is not listed`).toBeDefined()
    return !rules!.some((rule) => target === rule || target.startsWith(`${rule}/`))
  })
  expect(wrong.map(({ from, target }) => `${from} → ${target}`)).toEqual([])
})

test('a route file is HTTP only: it imports no SQL and opens no transaction', () => {
  const routes = imports().filter(({ from }) => from.endsWith('routes'))
  expect(routes.length).toBeGreaterThan(0)
  const wrong = routes.filter(({ target }) => target.endsWith('.sql') || target.startsWith('database/'))
  expect(wrong).toEqual([])
})

type Import = { from: string; target: string }

/** Every import of one file of src by another, as paths below src without `.ts`. */
function imports(): Import[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .flatMap((file) => {
      const text = readFileSync(join(SRC, file), 'utf8')
      return [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, path]) => ({
        from: file.replace(/\.ts$/, ''),
        target: relative(SRC, resolve(SRC, dirname(file), path!)).replace(/\.ts$/, ''),
      }))
    })
}

const partOf = (path: string) => path.split('/')[0]!
