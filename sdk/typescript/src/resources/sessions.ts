import type { NewSession, Session, SessionChange } from '../generated/schemas.ts'
import { type CamelCased, toQuery, toSnakeCase } from '../http/camel-case.ts'
import { type DayRange, type List, listAt, type ListParameters } from '../http/house-list.ts'
import { once } from '../http/idempotency-key.ts'
import type { CreateOptions, RequestOptions, Transport } from '../http/transport.ts'

type Sort = 'session_id' | 'status' | 'scheduled_at' | 'started_at' | 'completed_at' | 'created_at'

export type SessionFilters<Field> = ListParameters<Sort, Field> &
  DayRange & { studyId?: number; participantId?: string; batteryId?: string; status?: Session['status'] }

const PATH = '/api/sessions'

export class Sessions {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** `startDate` and `endDate` choose those that are scheduled then. */
  list<Field extends keyof Session = keyof Session>(
    filters: SessionFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<Session, Field>> {
    return listAt(this.#transport, PATH, filters, options)
  }

  get<Field extends keyof Session = keyof Session>(
    sessionId: string,
    { fields }: { fields?: readonly Field[] } = {},
    options?: RequestOptions,
  ): Promise<Pick<Session, Field>> {
    return this.#transport.send({ method: 'GET', path: pathOf(sessionId), query: toQuery({ fields }), ...options })
  }

  create(session: CamelCased<NewSession>, options?: CreateOptions): Promise<Session> {
    return this.#transport.send(once({ method: 'POST', path: PATH, json: toSnakeCase(session) }, options))
  }

  /** A status changes one step at a time: `scheduled`, `in_progress`, `completed`, or before that `cancelled`. */
  update(sessionId: string, change: CamelCased<SessionChange>, options?: RequestOptions): Promise<Session> {
    return this.#transport.send({ method: 'PATCH', path: pathOf(sessionId), json: toSnakeCase(change), ...options })
  }

  delete(sessionId: string, options?: RequestOptions): Promise<void> {
    return this.#transport.send({ method: 'DELETE', path: pathOf(sessionId), ...options })
  }
}

const pathOf = (sessionId: string) => `${PATH}/${encodeURIComponent(sessionId)}`
