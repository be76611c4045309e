import { z } from 'zod'
import { raw } from '../../database/sql.ts'
import type { Attribute } from '../json-api/resource.ts'
import { RESULTS } from '../health/results.ts'

const Count = z.number().int().min(0)
const Adherence = z.object({
  due: Count,
  complete: Count,
  streak: z.object({ count: Count, updated_at: z.string().optional() }),
})

/**
 * Whether `x`, of RESULTS, is a result of the action `a`: in its time, of its types of metric, or else of its own type. A
 * device's day on which the action begins is in its time.
 */
export const IS_RESULT_OF_ACTION = `
  x.patient_id = a.patient_id and a.tracking
  and x.until >= a.effective_from and (a.effective_to is null or x.occurred_at < a.effective_to)
  and x.type = any(case when a.metric_types = '{}' then array[a.type] else a.metric_types end)`

/** A year of an action is looked at, today included: what a list of plans costs does not grow with their age. */
const DAYS = 366

/** Whether `x`, of RESULTS, is of a day that is looked at. */
export const IS_RECENT = `x.utc_day >= (now() at time zone 'UTC')::date - ${DAYS}`

/** The date that an instant has in the plan's time zone: in Postgres, for a list reads the days of thousands of actions. */
const dateOf = (instant: string, zone = 'z.name') => `(${instant} at time zone ${zone})::date`

/** When an action `a` was done first on each day; what a device counted in a day is of that day, whatever the plan's zone. */
const doneDays = `
  select ${dateOf('x.occurred_at', 'coalesce(x.time_zone, z.name)')} as day, min(x.occurred_at) as done_at
  from ${RESULTS} x
  where ${IS_RESULT_OF_ACTION} and ${IS_RECENT}
  group by 1`

/** The days on which an action `a` was due, of a plan in the zone `z`. What is not tracked never is. */
const dueDays = `
  select due.day, done.done_at
  from (select greatest(${dateOf('a.effective_from')}, ${dateOf('now()')} - ${DAYS - 1}) as first,
               least(${dateOf("(a.effective_to - interval '1 millisecond')")}, ${dateOf('now()')}) as last
        offset 0) span
  cross join lateral (select span.first + n as day from generate_series(0, span.last - span.first) n) due
  left join lateral (${doneDays}) done on done.day = due.day
  where a.tracking and coalesce(a.frequency_goal #> '{weeks,days}' @> to_jsonb(extract(dow from due.day)::int), true)`

/**
 * Of actions of a plan: on how many days they were due, and done, summed; and how many of the latest days in a row all of
 * them were done that were due. Today ends no streak as long as there is time.
 */
const adherenceOf = (actions: string, patientId: string) => `(
  select json_build_object(
    'due', coalesce(sum(due), 0), 'complete', coalesce(sum(done), 0),
    'streak', json_strip_nulls(json_build_object(
      'count', count(*) filter (where is_latest and due = done),
      'updated_at', to_char(max(done_at) filter (where is_latest and due = done) at time zone 'UTC',
                            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))))
  from (
    select d.*, coalesce(d.day > max(d.day) filter (where d.due > d.done and d.day < d.today) over (), true) as is_latest
    from (
      select d.day, ${dateOf('now()')} as today, count(*) as due, count(d.done_at) as done, max(d.done_at) as done_at
      from (select coalesce(plan_time_zone, 'UTC') as name from app_user where id = ${patientId}) z
      cross join lateral (${actions}) a
      cross join lateral (${dueDays}) d
      group by d.day, z.name
    ) d
  ) d)`

const readOnly = (read: string): Record<string, Attribute> => ({
  adherence: { schema: Adherence, isReadOnly: true, isRequired: false, read: raw(read) },
})

/** Of one action. */
export const actionAdherence = readOnly(adherenceOf('select r.*', 'r.patient_id'))

/** Of all actions of a plan. */
export const planAdherence = readOnly(adherenceOf('select * from care_action where patient_id = r.id', 'r.id'))
