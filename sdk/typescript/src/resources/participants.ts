import type { NewParticipant, Participant, ParticipantChange, ParticipantDay } from '../generated/schemas.ts'
import { type CamelCased, toQuery, toSnakeCase } from '../http/camel-case.ts'
import { type DayRange, type List, listAt, type ListParameters } from '../http/house-list.ts'
import { once } from '../http/idempotency-key.ts'
import type { CreateOptions, RequestOptions, Transport } from '../http/transport.ts'

type Sort = 'created_at' | 'participant_id' | 'study_id' | 'status' | 'enrolled_at'

export type ParticipantFilters<Field> = ListParameters<Sort, Field> &
  DayRange & { studyId?: number; status?: Participant['status']; userId?: string }

/** Which of several studies a participant's id is of. Needed only where several have the same. */
type OfStudy = { studyId?: number }

export type ParticipantDayFilters<Field> = ListParameters<'date', Field> &
  DayRange &
  OfStudy & {
    /** Whose days they are, such as `America/Los_Angeles`; days of UTC by default. */
    timezoneId?: string
  }

const PATH = '/api/participants'

export class Participants {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** `startDate` and `endDate` choose those who were enrolled then. */
  list<Field extends keyof Participant = keyof Participant>(
    filters: ParticipantFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<Participant, Field>> {
    return listAt(this.#transport, PATH, filters, options)
  }

  get<Field extends keyof Participant = keyof Participant>(
    participantId: string,
    { studyId, fields }: OfStudy & { fields?: readonly Field[] } = {},
    options?: RequestOptions,
  ): Promise<Pick<Participant, Field>> {
    const query = toQuery({ studyId, fields })
    return this.#transport.send({ method: 'GET', path: pathOf(participantId), query, ...options })
  }

  /** Without `userId` of a new user. */
  create(participant: CamelCased<NewParticipant>, options?: CreateOptions): Promise<Participant> {
    return this.#transport.send(once({ method: 'POST', path: PATH, json: toSnakeCase(participant) }, options))
  }

  /** A status changes one step at a time: `invited`, `screening`, `enrolled`, `completed`, or before that `withdrawn`. */
  update(
    participantId: string,
    change: CamelCased<ParticipantChange>,
    { studyId }: OfStudy = {},
    options?: RequestOptions,
  ): Promise<Participant> {
    const [path, query, json] = [pathOf(participantId), toQuery({ studyId }), toSnakeCase(change)]
    return this.#transport.send({ method: 'PATCH', path, query, json, ...options })
  }

  /** With their sessions; the user stays. */
  delete(participantId: string, { studyId }: OfStudy = {}, options?: RequestOptions): Promise<void> {
    const query = toQuery({ studyId })
    return this.#transport.send({ method: 'DELETE', path: pathOf(participantId), query, ...options })
  }

  /** What the participant's wearables tell of each day inside the study's window. */
  days<Field extends keyof ParticipantDay = keyof ParticipantDay>(
    participantId: string,
    filters: ParticipantDayFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<ParticipantDay, Field>> {
    return listAt(this.#transport, `${pathOf(participantId)}/days`, filters, options)
  }
}

const pathOf = (participantId: string) => `${PATH}/${encodeURIComponent(participantId)}`
