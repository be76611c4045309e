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

type Meta<Type extends string> = { messageId: string; when: string; type: Type }
type DevicesMessage<Type extends string, User> = {
  meta: Meta<Type>
  users: User[]
  ping?: undefined
  event?: undefined
}

/** The body of an endpoint with the format `devices`, which `POST /settings` makes. */
export type DevicesWebhook =
  | DevicesMessage<'devices.health-data', HealthData>
  | DevicesMessage<'devices.provider-connected' | 'devices.provider-disconnected', ProviderChange>
  | DevicesMessage<'participant.enrolled', { userId: string; participant: Participant }>
  | DevicesMessage<'session.completed', { userId: string; session: Session }>
  /** Answer `{ pong: <ping> }`. */
  | { meta: Meta<'ping'>; ping: string; users?: undefined; event?: undefined }

/** Either form: `event` tells those of one apart, `meta.type` those of the other. */
export type WebhookPayload = WebhookEvent | DevicesWebhook
