import type { NewStudy, Study, StudyChange } from '../generated/schemas.ts'
import { type CamelCased, toQuery, toSnakeCase } from '../http/camel-case.ts'
import { type DayRange, type List, listAt, type ListParameters } from '../http/house-list.ts'
import { once } from '../http/idempotency-key.ts'
import type { CreateOptions, RequestOptions, Transport } from '../http/transport.ts'

type Sort = 'id' | 'name' | 'status' | 'start_date' | 'end_date' | 'created_at'

export type StudyFilters<Field> = ListParameters<Sort, Field> & DayRange & { status?: Study['status'] }

const PATH = '/api/studies'

export class Studies {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** `startDate` and `endDate` choose those whose window has such a day. */
  list<Field extends keyof Study = keyof Study>(
    filters: StudyFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<Study, Field>> {
    return listAt(this.#transport, PATH, filters, options)
  }

  get<Field extends keyof Study = keyof Study>(
    id: number,
    { fields }: { fields?: readonly Field[] } = {},
    options?: RequestOptions,
  ): Promise<Pick<Study, Field>> {
    return this.#transport.send({ method: 'GET', path: pathOf(id), query: toQuery({ fields }), ...options })
  }

  create(study: CamelCased<NewStudy>, options?: CreateOptions): Promise<Study> {
    return this.#transport.send(once({ method: 'POST', path: PATH, json: toSnakeCase(study) }, options))
  }

  /** A status changes one step at a time: `draft`, `active`, `closed`. */
  update(id: number, change: CamelCased<StudyChange>, options?: RequestOptions): Promise<Study> {
    return this.#transport.send({ method: 'PATCH', path: pathOf(id), json: toSnakeCase(change), ...options })
  }

  /** Of a study without participants. */
  delete(id: number, options?: RequestOptions): Promise<void> {
    return this.#transport.send({ method: 'DELETE', path: pathOf(id), ...options })
  }
}

const pathOf = (id: number) => `${PATH}/${encodeURIComponent(id)}`
