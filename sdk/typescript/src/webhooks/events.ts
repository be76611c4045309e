import type { Activity, Biometrics, Body, Nutrition, Participant, Session, Sleep } from '../generated/schemas.ts'

/** The days that changed, of one user. */
export type HealthData = {
  userId: string
  activity?: Activity[]
  biometrics?: Biometrics[]
  body?: Body[]
  nutrition?: Nutrition[]
  sleep?: Sleep[]
  /** The body was too large: raw samples, or all but the dates, were left out. Read the days. */
  truncated?: true
}

/** One user's providers: those that the event is about, and all that are connected now. */
export type ProviderChange = { userId: string; providers: string[]; connectedProviders: string[] }

type EventData = {
  'devices.health-data': { users: HealthData[] }
  'devices.provider-connected': { users: ProviderChange[] }
  'devices.provider-disconnected': { users: ProviderChange[] }
  'participant.enrolled': Participant
  'session.completed': Session
  ping: Record<string, never>
}

/**
 * The body of an endpoint with the format `event`; `event` tells the kinds apart. Events of the Care API, such as
 * `patient.created`, come in the same form, and newer servers may have others: ignore what you do not know.
 */
export type WebhookEvent = {
  [Event in keyof EventData]: {
    event: Event
    timestamp: string
    data: EventData[Event]
    signature: string
    meta?: undefined
  }
}[keyof EventData]

type Meta = {
  messageId: string
  when: string
  /** As `event` of the other form. */
  type: keyof EventData
}

/** What there is of one user: which members, `meta.type` says. */
export type DevicesUser = HealthData &
  Partial<Omit<ProviderChange, 'userId'>> & { participant?: Participant; session?: Session }

/** The body of an endpoint with the format `devices`, which `POST /settings` makes. Answer a ping `{ pong: <ping> }`. */
export type DevicesWebhook =
  | { meta: Meta; users: DevicesUser[]; ping?: undefined; event?: undefined }
  | { meta: Meta; ping: string; users?: undefined; event?: undefined }

/** Either form: only the one has `event`, only the other `meta`. */
export type WebhookPayload = WebhookEvent | DevicesWebhook
