import { run, sql } from '../../database/sql.ts'
import type { AppError } from '../../errors.ts'
import { dateOf, isStartOfDay, UTC } from '../../zones.ts'
import { idOrNobody } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Draft, WriteRequest } from '../json-api/resource.ts'
import { requireVisible } from '../json-api/visibility.ts'
import { coach } from '../resources/coach.ts'

/** As it will be: stored times are dates, sent ones text; a stored coach is a UUID, a sent one as the API writes ids. */
type Event = {
  type: string
  time_zone: string
  all_day: boolean
  start_at: Date | string
  end_at: Date | string | null
  completed_at: Date | string | null
  completed_by: string | null
}
type Refuse = (attribute: keyof Event, reason: string) => AppError

const PLAN_CHECK_IN = 'plan-check-in'

/** What an attribute is that nobody set, or that was set to null. */
const unset = { time_zone: UTC, all_day: false, end_at: null, completed_at: null, completed_by: null }
const times = ['type', 'time_zone', 'all_day', 'start_at', 'end_at'] as const

/**
 * Checks what a request makes of an event, with what it leaves as it is. Rules of times are not applied to what leaves
 * all times alone: a zone's clocks may have been changed by law since. Throws `conflict`, and `not_found` or `forbidden`
 * for who completed it.
 */
export async function prepareCalendarEvent(request: WriteRequest, draft: Draft): Promise<Record<string, unknown>> {
  const { attributes, pointer, isNew } = draft
  const refuse: Refuse = (name, reason) => refusal('conflict', `${pointer}.attributes.${name}`, reason)
  const stored = isNew ? undefined : await readEvent(request, draft.id)
  const event = { ...unset, ...stored, ...withoutNulls(attributes) } as Event
  if (stored !== undefined && event.type !== stored.type) throw refuse('type', 'cannot be changed')
  if (times.some((name) => attributes[name] !== undefined)) checkTimes(event, refuse)
  if (attributes['completed_at'] !== undefined || attributes['completed_by'] !== undefined) {
    checkCompletion(event, refuse)
    await requireCompleter(request, draft)
  }
  const { time_zone, all_day } = event
  return { time_zone, all_day, ...(isNew ? { created_at: request.now } : {}) }
}

async function readEvent({ tx }: WriteRequest, id: string): Promise<Event | undefined> {
  const [event] = await run<Event>(
    tx,
    sql`select type, time_zone, all_day, start_at, end_at, completed_at, completed_by
        from calendar_event where id = ${id}::uuid`,
  )
  return event
}

const withoutNulls = (attributes: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value ?? (unset as Record<string, unknown>)[name]]),
  )

function checkTimes({ type, time_zone, all_day, start_at, end_at }: Event, refuse: Refuse): void {
  const isCheckIn = type === PLAN_CHECK_IN
  if (isCheckIn && !all_day) throw refuse('all_day', `must be true for a ${PLAN_CHECK_IN}`)
  if (isCheckIn && end_at !== null) throw refuse('end_at', `is not valid for a ${PLAN_CHECK_IN}`)
  if (all_day && !isCheckIn && end_at === null) throw refuse('end_at', 'is required of an event that is all day')
  const start = new Date(start_at).getTime()
  const end = end_at === null ? start : new Date(end_at).getTime()
  if (end < start) throw refuse('end_at', 'must not be before start_at')
  if (all_day) {
    checkDays(start, end, time_zone, refuse)
  } else if (dateOf(start, time_zone) !== dateOf(end, time_zone)) {
    throw refuse('end_at', 'must be on the day of start_at in the time zone, unless all_day is true')
  }
}

/**
 * The published document's own example begins a day of New York at midnight in UTC: dates are taken like that as well,
 * and answered as they were sent.
 */
function checkDays(start: number, end: number, zone: string, refuse: Refuse): void {
  const zones = [zone, UTC].filter((each) => isStartOfDay(start, each))
  const reason = 'must be the beginning of a day in the time zone, or in UTC, where all_day is true'
  if (zones.length === 0) throw refuse('start_at', reason)
  if (!zones.some((each) => isStartOfDay(end, each))) throw refuse('end_at', `${reason}; in the same as start_at`)
}

function checkCompletion({ type, completed_at, completed_by }: Event, refuse: Refuse): void {
  if (completed_at === null && completed_by === null) return
  const set = completed_at === null ? 'completed_by' : 'completed_at'
  if (type !== PLAN_CHECK_IN) throw refuse(set, `is only valid for a ${PLAN_CHECK_IN}`)
  const missing = set === 'completed_by' ? 'completed_at' : 'completed_by'
  if (completed_at === null || completed_by === null) throw refuse(missing, `must be set, and unset, with ${set}`)
}

/** Throws unless whoever completed it is a coach whom the token sees. */
async function requireCompleter({ tx, grant }: WriteRequest, { attributes, pointer }: Draft): Promise<void> {
  const sent = attributes['completed_by'] as string | null | undefined
  if (sent === undefined || sent === null) return
  await requireVisible(tx, coach, grant, [idOrNobody(sent)], `${pointer}.attributes.completed_by`, { isLocking: true })
}
