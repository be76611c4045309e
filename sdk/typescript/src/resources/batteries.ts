import type { Battery, BatteryChange, NewBattery } from '../generated/schemas.ts'
import { type CamelCased, toQuery, toSnakeCase } from '../http/camel-case.ts'
import { type DayRange, type List, listAt, type ListParameters } from '../http/house-list.ts'
import { once } from '../http/idempotency-key.ts'
import type { CreateOptions, RequestOptions, Transport } from '../http/transport.ts'

export type BatteryFilters<Field> = ListParameters<'id' | 'name' | 'created_at', Field> & DayRange

const PATH = '/api/batteries'

export class Batteries {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** `startDate` and `endDate` choose those that were created then. */
  list<Field extends keyof Battery = keyof Battery>(
    filters: BatteryFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<Battery, Field>> {
    return listAt(this.#transport, PATH, filters, options)
  }

  get<Field extends keyof Battery = keyof Battery>(
    id: string,
    { fields }: { fields?: readonly Field[] } = {},
    options?: RequestOptions,
  ): Promise<Pick<Battery, Field>> {
    return this.#transport.send({ method: 'GET', path: pathOf(id), query: toQuery({ fields }), ...options })
  }

  create(battery: CamelCased<NewBattery>, options?: CreateOptions): Promise<Battery> {
    return this.#transport.send(once({ method: 'POST', path: PATH, json: toSnakeCase(battery) }, options))
  }

  update(id: string, change: CamelCased<BatteryChange>, options?: RequestOptions): Promise<Battery> {
    return this.#transport.send({ method: 'PATCH', path: pathOf(id), json: toSnakeCase(change), ...options })
  }

  /** Of a battery without sessions. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return this.#transport.send({ method: 'DELETE', path: pathOf(id), ...options })
  }
}

const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`
