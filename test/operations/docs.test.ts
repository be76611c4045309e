import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

test('/openapi.json is the committed OpenAPI 3.1 document, with an id for every operation', async () => {
  const { status, body } = await call(server, 'GET', '/openapi.json')
  expect(status).toBe(200)
  expect(body.openapi).toMatch(/^3\.1/)
  const committed = await readFile(join(import.meta.dirname, '../../openapi/openapi.json'), 'utf8')
  expect(body).toEqual(JSON.parse(committed))
  const operations = Object.values<Record<string, any>>(body.paths).flatMap((path) => Object.values(path))
  const ids = operations.map(({ operationId }) => operationId)
  expect(ids).not.toContain(undefined)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { summary, responses } of operations) {
    expect(summary).toEqual(expect.any(String))
    expect(Object.keys(responses).some((code) => code.match(/^[23]/) !== null)).toBe(true)
  }
})

test('/docs is served with a policy that lets nothing in from elsewhere', async () => {
  const { status, headers, body } = await call(server, 'GET', '/docs')
  expect(status).toBe(200)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
  expect(headers.get('content-security-policy')).not.toContain('https:')
  for (const [, path] of body.matchAll(/(?:src|href)="([^"]+)"/g)) expect(path).toMatch(/^\.?\//)
})

test('what is not there is 404 in the house envelope', async () => {
  const answer = await call(server, 'GET', '/nothing/here')
  expect(answer.status).toBe(404)
  expect(answer.body).toEqual({ error: { code: 'NOT_FOUND', message: expect.any(String) } })
  expect(answer.headers.get('x-request-id')).toBeTruthy()
})
