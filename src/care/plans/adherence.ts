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

/** What an action `a` asks for: its types of metric, or else its own type. */
const TYPES_OF_ACTION = "(case when a.metric_types = '{}' then array[a.type] else a.metric_types end)"

/**
 * Whether `x`, of RESULTS, is a result of the action `a`: in its time, of its types of metric, or else of its own type. A
 * device's day on which the action begins is in its time.
 */
export const IS_RESULT_OF_ACTION = `
  x.patient_id = a.patient_id and a.tracking
  and x.until >= a.effective_from and (a.effective_to is null or x.occurred_at < a.effective_to)
  and x.type = any(${TYPES_OF_ACTION})`

/** A quarter of an action is looked at, today included: what a list of plans costs does not grow with their age. */
const DAYS = 92

/** Whether `x`, of RESULTS, is of a day that is looked at. */
export const IS_RECENT = `x.utc_day >= (now() at time zone 'UTC')::date - ${DAYS}`

/** The date that an instant has in the plan's time zone: in Postgres, for a list reads the days of thousands of actions. */
const dateOf = (instant: string, zone = 'z.name') => `(${instant} at time zone ${zone})::date`

/**
 * The results of a patient that are looked at, of the types that the actions `a` ask for: read once for all of them. What
 * a device counted is of its day in any zone.
 */
const resultsOf = (patientId: string) => `
  select x.*, ${dateOf('x.occurred_at', 'coalesce(x.time_zone, z.name)')} as day
  from z cross join lateral (
    select x.patient_id, x.type, x.occurred_at, x.until, x.time_zone
    from ${RESULTS} x where x.patient_id = ${patientId} and ${IS_RECENT}
      and x.type = any(array(select unnest(${TYPES_OF_ACTION}) from a))
  ) x`

/** The days on which each action `a` was due, of a plan in the zone `z`. What is not tracked never is. */
const dueDays = `
  select a.id, due.day
  from z cross join a
  cross join lateral (
    select greatest(${dateOf('a.effective_from')}, ${dateOf('now()')} - ${DAYS - 1}) as first,
           least(${dateOf("(a.effective_to - interval '1 millisecond')")}, ${dateOf('now()')}) as last
    offset 0
  ) span
  cross join lateral (select span.first + n as day from generate_series(0, span.last - span.first) n) due
  where a.tracking and coalesce(a.frequency_goal #> '{weeks,days}' @> to_jsonb(extract(dow from due.day)::int), true)`

/**
 * Of actions of a plan: on how many days they were due, and done, summed; and how many of the latest days in a row all of
 * them were done that were due. Today ends no streak as long as there is time. Each step is one pass over its rows: a plan
 * of 20 actions has 1840 due days.
 */
const adherenceOf = (actions: string, patientId: string) => `(
  with z as materialized (select coalesce(plan_time_zone, 'UTC') as name from app_user where id = ${patientId}),
  a as materialized (${actions}),
  x as materialized (${resultsOf(patientId)}),
  done as materialized (
    select a.id, x.day, min(x.occurred_at) as done_at from a join x on ${IS_RESULT_OF_ACTION} group by 1, 2
  ),
  days as (
    select due.day, ${dateOf('now()')} as today, count(*) as due, count(done.done_at) as done, max(done.done_at) as done_at
    from z cross join (${dueDays}) due left join done on done.id = due.id and done.day = due.day
    group by due.day, z.name
  ),
  judged as (
    select d.*, coalesce(d.day > max(d.day) filter (where d.due > d.done and d.day < d.today) over (), true) as is_latest
    from days d
  )
  select json_build_object(
    'due', coalesce(sum(due), 0), 'complete', coalesce(sum(done), 0),
    'streak', json_strip_nulls(json_build_object(
      'count', count(*) filter (where is_latest and due = done),
      'updated_at', to_char(max(done_at) filter (where is_latest and due = done) at time zone 'UTC',
                            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))))
  from judged)`

const readOnly = (read: string): Record<string, Attribute> => ({
  adherence: { schema: Adherence, isReadOnly: true, isRequired: false, read: raw(read) },
})

/** Of one action. */
export const actionAdherence = readOnly(adherenceOf('select r.*', 'r.patient_id'))

/** Of all actions of a plan. */
export const planAdherence = readOnly(adherenceOf('select * from care_action where patient_id = r.id', 'r.id'))
