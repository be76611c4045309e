import type { ToMany } from '../json-api/resource.ts'
import { IS_RECENT, IS_RESULT_OF_ACTION } from './adherence.ts'
import { RESULTS } from '../health/results.ts'

/** Of each tracked action the latest result that adherence looks at, once where it is that of several; the latest first. */
const latest = `(
  select patient_id, id, occurred_at from (
    select distinct on (a.patient_id, a.id) a.patient_id, x.id, x.occurred_at
    from care_action a join ${RESULTS} x on ${IS_RESULT_OF_ACTION} and ${IS_RECENT}
    order by a.patient_id, a.id, x.occurred_at desc, x.id desc
  ) latest
  group by patient_id, id, occurred_at)`

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
