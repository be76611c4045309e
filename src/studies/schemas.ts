import { z } from 'zod'
import { dateFilters, inOrder, itemQuery, listQuery, mustBeInOrder } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { DateOnly, text, wholeNumber } from '../http/schemas.ts'
import { studyOrder } from './status-orders.ts'

const MAX_INT = 2_147_483_647

/** A number that Postgres takes for an id: `battery_1` has the prefix `battery_`. */
const numbered = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}[1-9]\\d{0,9}$`), `must be ${prefix} and a number`)
    .refine((id) => Number(id.slice(prefix.length)) <= MAX_INT, `must be ${prefix} and a number`)
export const BatteryId = numbered('battery_')
export const SessionId = numbered('sess_')
export const StudyId = wholeNumber(1, MAX_INT)
/** In a body it is a number, not a text that looks like one. */
export const StudyNumber = z.number().int().min(1).max(MAX_INT)

export const written = { created_at: z.string(), updated_at: z.string() }
export const oneOf = <Status extends string>(order: Record<Status, unknown>) =>
  z.enum(Object.keys(order) as [Status, ...Status[]])
/** Of what is new: it begins at the beginning. */
export const firstOf = <Status extends string>(first: Status) => z.literal(first).default(first as never)

export const isChange = (change: object) => Object.keys(change).length > 0
export const mustChange = 'must change something'

const name = text(200)
/** As it is sent; what was stored before is answered as it is. */
const newName = name.refine((value) => value.trim() !== '', 'must not be blank')
const StudyStatus = oneOf(studyOrder)
const window = {
  start_date: DateOnly.nullable().describe('The first day whose data belong to the study; null: any.'),
  end_date: DateOnly.nullable().describe('The last; null: any.'),
}

export const Study = z.object({ id: z.int(), name, status: StudyStatus, ...window, ...written }).meta({ id: 'Study' })
export type Study = z.infer<typeof Study>
export const StudyPage = pageOf('StudyPage', Study)

export const NewStudy = z
  .strictObject({
    name: newName,
    status: firstOf('draft'),
    start_date: window.start_date.default(null),
    end_date: window.end_date.default(null),
  })
  .refine(inOrder, mustBeInOrder)
  .meta({ id: 'NewStudy' })
export type NewStudy = z.infer<typeof NewStudy>

export const StudyChange = z
  .strictObject({ name: newName, status: StudyStatus, ...window })
  .partial()
  .refine(isChange, mustChange)
  .meta({ id: 'StudyChange', minProperties: 1 })
export type StudyChange = z.infer<typeof StudyChange>

export const StudyParams = z.strictObject({ id: StudyId })
export const StudyQuery = itemQuery(Study, {})
export const StudiesQuery = listQuery(Study, {
  sorts: ['id', 'name', 'status', 'start_date', 'end_date', 'created_at'],
  filters: { status: StudyStatus.optional(), ...dateFilters('With a window that has a day') },
}).refine(inOrder, mustBeInOrder)
export type StudiesQuery = z.infer<typeof StudiesQuery>

const MAX_TASKS = 100
const Task = z.strictObject({
  id: text(64),
  name,
  duration_seconds: z.number().int().min(0).max(86_400),
})
const tasks = z
  .array(Task.extend({ name: newName }))
  .max(MAX_TASKS)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'has two tasks with the same id')

export const Battery = z.object({ id: BatteryId, name, tasks: z.array(Task), ...written }).meta({ id: 'Battery' })
export type Battery = z.infer<typeof Battery>
export const BatteryPage = pageOf('BatteryPage', Battery)

export const NewBattery = z.strictObject({ name: newName, tasks: tasks.default([]) }).meta({ id: 'NewBattery' })
export type NewBattery = z.infer<typeof NewBattery>
export const BatteryChange = z
  .strictObject({ name: newName, tasks })
  .partial()
  .refine(isChange, mustChange)
  .meta({ id: 'BatteryChange', minProperties: 1 })
export type BatteryChange = z.infer<typeof BatteryChange>

export const BatteryParams = z.strictObject({ id: BatteryId })
export const BatteryQuery = itemQuery(Battery, {})
export const BatteriesQuery = listQuery(Battery, {
  sorts: ['id', 'name', 'created_at'],
  filters: dateFilters('Created'),
}).refine(inOrder, mustBeInOrder)
export type BatteriesQuery = z.infer<typeof BatteriesQuery>
