import type { ToMany } from '../json-api/resource.ts'
import { IS_RECENT, IS_RESULT_OF_ACTION } from './adherence.ts'
import { RESULTS } from '../health/results.ts'

/** Of each tracked action the latest result of the last year, once where it is that of several; the latest first. */
const latest = `(
  select a.patient_id, x.id, x.occurred_at
  from care_action a
  cross join lateral (
    select x.id, x.occurred_at from ${RESULTS} x where ${IS_RESULT_OF_ACTION} and ${IS_RECENT}
    order by x.occurred_at desc, x.id desc limit 1
  ) x
  group by a.patient_id, x.id, x.occurred_at)`

export const currentResults: ToMany = {
  type: 'result',
  table: latest,
  own: 'patient_id',
  other: 'id',
  orderBy: 'occurred_at desc',
  isReadOnly: true,
  // They are the patient's own.
  isPart: true,
}
