import { createAccount } from '../../../src/accounts/create-account.ts'
import { createKey } from '../../../src/accounts/keys.ts'
import { createOAuthClient } from '../../../src/accounts/oauth-clients.ts'
import { toWireId } from '../../../src/care/ids.ts'
import { careApi } from '../../../src/care/resources.ts'
import type { PrismaClient } from '../../../src/database/prisma.ts'
import { type Answer, call, createUserWithToken, send, stepSamples } from '../api.ts'
import { createOneOfEach, exampleOf } from '../care-examples.ts'
import { askCare } from '../care.ts'
import { bodies } from '../house.ts'
import type { Known } from './schema-values.ts'

/** In everything that the other account stores; never to be seen by this one. */
export const MARKER = 'zqx-other-tenant'
/** In what this account stores of health; never to be in a log. */
export const HEALTH_VALUE = 23_457

type Credentials = {
  key: string
  clientKey: string
  userToken: string
  refreshToken: string
  connectToken: string
  careToken: string
}
type Tenant = { credentials: Credentials; userId: string; client: { id: string; secret: string }; organization: string }

/** What a server holds before it is fuzzed: an account's resources, and another's. */
export type Populated = {
  own: Credentials
  other: Credentials
  /** By name of a member or parameter, by `<care type> id`, or by `<template> <parameter>`. */
  known: Known
  /** The same of the other account, which this one must not get through to. */
  foreign: Known
  /** Bodies that are right, by operation. */
  examples: Record<string, unknown[]>
  secrets: string[]
}

export async function populate(url: string, prisma: PrismaClient): Promise<Populated> {
  const [own, other] = [await createTenant(url, prisma, 'own'), await createTenant(url, prisma, MARKER)]
  const foreign = await createOfOther(url, other)
  const house = await createHouse(url, own, 'own')
  const care = await createCare(url, own)
  const secrets = [own, other].flatMap(({ credentials, client }) => [...Object.values(credentials), client.secret])
  return {
    own: own.credentials,
    other: other.credentials,
    known: { ...knownOf(own), ...house, ...care.known },
    foreign,
    examples: { ...examplesOf(own), ...care.examples },
    secrets: [...secrets, ...house['secret']!.map(String)],
  }
}

async function createTenant(url: string, prisma: PrismaClient, name: string): Promise<Tenant> {
  const { live } = await createAccount(prisma, name)
  const key = await createKey(prisma, live, 'secret')
  const client = await createOAuthClient(prisma, live.id)
  const user = await createUserWithToken({ url, keys: { live: key, sandbox: '', client: '' } })
  // One that is used twice ends all tokens of its grant: it is another user's.
  const renewed = await createUserWithToken({ url, keys: { live: key, sandbox: '', client: '' } })
  const connect = await call({ url }, 'GET', `/user/connect/token?userId=${user.userId}`, { key })
  const attributes = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  const granted = await askCare({ url }, undefined, 'POST', '/oauth/token', { data: { type: 'token', attributes } })
  const samples = stepSamples('2024-01-05T08:00:00Z', 5, HEALTH_VALUE, name)
  done(await send({ url }, user.token, 'steps', samples))
  return {
    userId: user.userId,
    client,
    organization: toWireId(live.id),
    credentials: {
      key,
      clientKey: await createKey(prisma, live, 'client'),
      userToken: user.token,
      refreshToken: renewed.refreshToken,
      connectToken: connect.body.token,
      careToken: granted.body.data.attributes.access_token,
    },
  }
}

function done<A extends Answer>(answer: A): A['body'] {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** One of each resource of the house API. */
async function createHouse(url: string, { credentials: { key }, userId }: Tenant, name: string): Promise<Known> {
  const post = async (path: string, json: object) => done(await call({ url }, 'POST', `/api${path}`, { key, json }))
  const study = await post('/studies', { name })
  done(await call({ url }, 'PATCH', `/api/studies/${study.id}`, { key, json: { status: 'active' } }))
  const battery = await post('/batteries', { name, tasks: [{ id: name, name, duration_seconds: 60 }] })
  const email = `${name}@example.org`
  const participant = await post('/participants', { study_id: study.id, user_id: userId, email })
  const { session_id } = await post('/sessions', { ...bodies['createSession'], battery_id: battery.id })
  done(await call({ url }, 'PATCH', `/api/sessions/${session_id}`, { key, json: { status: 'in_progress' } }))
  const results = { note: name, score: HEALTH_VALUE }
  done(await call({ url }, 'PATCH', `/api/sessions/${session_id}`, { key, json: { results } }))
  const hook = await post('/webhooks', { url: `https://${name}.example.org/`, events: ['*'], description: name })
  const { message_id } = await post(`/webhooks/${hook.id}/test`, {})
  return {
    '/api/studies/{id} id': [study.id],
    '/api/batteries/{id} id': [battery.id],
    study_id: [study.id],
    battery_id: [battery.id],
    participant_id: [participant.participant_id],
    session_id: [session_id],
    id: [hook.id],
    endpoint_id: [hook.id],
    messageId: [message_id],
    secret: [hook.secret],
  }
}

/** The other account has the same, and more: in the Studies API, where each counts from 1, what this one has not. */
async function createOfOther(url: string, other: Tenant): Promise<Known> {
  await createHouse(url, other, MARKER)
  const { secret: _, ...house } = await createHouse(url, other, MARKER)
  const { careToken, key } = other.credentials
  done(await call({ url }, 'POST', `/user?appUserId=${MARKER}`, { key }))
  const group = await askCare({ url }, careToken, 'POST', '/group', {
    data: { type: 'group', attributes: { name: MARKER } },
  })
  const relationships = { groups: { data: [{ type: 'group', id: group.body.data.id }] } }
  const patient = await askCare({ url }, careToken, 'POST', '/patient', {
    data: { type: 'patient', attributes: { first_name: MARKER, last_name: MARKER }, relationships },
  })
  const { userId, organization } = other
  const [groupId, patientId] = [group.body.data.id, patient.body.data.id]
  return {
    ...house,
    userId: [userId],
    user_id: [userId],
    metriportUserId: [userId],
    deviceUserId: [userId],
    'organization id': [organization],
    'group id': [groupId],
    'patient id': [patientId, userId.replaceAll('-', '')],
    'filter[patient]': [patientId],
    'filter[groups]': [groupId],
    'filter[organization]': [organization],
  }
}

async function createCare(url: string, { credentials, organization }: Tenant) {
  const askAs = (token: string) => (method: string, path: string, body?: unknown) =>
    askCare({ url }, token, method, path, body)
  const ask = askAs(credentials.careToken)
  const ids = await createOneOfEach(ask, askAs(credentials.key), { organization })
  const examples: Record<string, unknown[]> = {}
  for (const resource of careApi.resources) {
    const { create, update } = resource.operations
    const example = create === undefined ? undefined : await exampleOf(resource.type, ask, ids)
    if (create !== undefined) examples[create.id] = [example]
    if (update !== undefined) {
      const attributes = example === undefined ? {} : (example.data as { attributes: object }).attributes
      examples[update.id] = [{ data: { type: resource.type, id: ids[resource.type], attributes } }]
    }
  }
  const byType = Object.entries(ids).map(([type, id]): [string, unknown[]] => [`${type} id`, [id]])
  const filters = Object.entries(ids).map(([type, id]): [string, unknown[]] => [`filter[${type}]`, [id]])
  return {
    examples,
    known: {
      ...Object.fromEntries([...byType, ...filters]),
      'filter[groups]': [ids['group']],
      'result id': [ids['patient_health_result']],
    } as Known,
  }
}

const knownOf = ({ userId, credentials }: Tenant): Known => ({
  userId: [userId],
  user_id: [userId],
  metriportUserId: [userId],
  deviceUserId: [userId],
  token: [credentials.connectToken],
  refresh_token: [credentials.refreshToken],
  date: ['2024-01-05'],
  timezoneId: ['America/Los_Angeles', 'UTC'],
  timezone_id: ['America/Los_Angeles', 'UTC'],
  provider: ['apple', 'tenovi'],
  data_type: ['steps', 'bpm'],
  start: ['2024-01-05T00:00:00Z'],
  end: ['2024-01-06T00:00:00Z'],
  file: ['index.html', 'swagger-ui.css'],
})

function examplesOf({ userId, client, credentials }: Tenant): Record<string, unknown[]> {
  const batch = { data_type: 'steps', data: stepSamples('2024-01-06T08:00:00Z', 3, HEALTH_VALUE) }
  const columns = {
    data_type: 'bpm',
    unit: 'count/min',
    devices: [{ name: 'Apple Watch', version: '10.1' }],
    start: '2024-05-01T08:00:00Z',
    offsets: [0, 5000, 10_000],
    values: [61, 62, 64],
  }
  const sleep = [
    { device_name: 'w', start_date: '2024-01-06T01:00:00Z', end_date: '2024-01-06T02:00:00Z', kind: 'deep' },
  ]
  const range = { data_type: 'steps', start: '2024-01-04T00:00:00Z', end: '2024-01-05T00:00:00Z' }
  const data = JSON.stringify({
    HKQuantityTypeIdentifierStepCount: [{ date: '2024-01-06T00:00:00Z', value: 1234 }],
    HKCategoryTypeIdentifierSleepAnalysis: [
      { date: '2024-01-06T00:00:00Z', endDate: '2024-01-06T01:00:00Z', type: 'core' },
    ],
    HKWorkout: [{ startTime: '2024-01-06T00:00:00Z', endTime: '2024-01-06T01:00:00Z', type: 37, kcal: 3 }],
  })
  const token = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  return {
    ...Object.fromEntries(Object.entries(bodies).map(([id, body]) => [id, [body]])),
    sendSamples: [batch, columns],
    sendSamplesV2: [batch, columns, { data_type: 'sleep', data: sleep }],
    deleteSamples: [range],
    deleteSamplesV2: [range],
    pushAppleHealth: [{ metriportUserId: userId, data, hourly: true }],
    swapConnectToken: [{ provider: 'apple' }],
    refreshToken: [{ grant_type: 'refresh_token', refresh_token: credentials.refreshToken }],
    createToken: [{ data: { type: 'token', attributes: token } }, token],
    updateSettings: [{ webhookUrl: 'https://example.org/hook' }],
    changeSession: [{ results: { score: HEALTH_VALUE, note: ['x'] } }],
  }
}
