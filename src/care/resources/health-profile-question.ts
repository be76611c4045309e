import { sql } from '../../database/sql.ts'
import type { Resource } from '../json-api/resource.ts'
import { isAsked } from '../health/question-requirements.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'

const pairs = `
  select uuid_xor(u.id, d.mask) as id, u.tenant_id, u.id as patient_id, d.id as definition_id, d.mask, d.category,
         (select a.id from health_profile_answer a where a.patient_id = u.id and a.definition_id = d.id) as answer_id,
         (${isAsked}) as is_asked
  from app_user u join health_question_definition d on d.tenant_id = u.tenant_id`

/**
 * A query of all that patients are asked now: each definition of the organization whose requirements the patient meets.
 * Ask for those of a patient, by `patient_id`; or in the order of patients.
 */
export const QUESTIONS = `(select * from (${pairs}) pair where is_asked)`

/** What relates a patient's answer to its definition; there without being created. */
export const healthProfileQuestion: Resource = {
  type: 'health_profile_question',
  title: 'health profile question',
  table: `(${pairs})`,
  // Of whom a token does not see it learns nothing, not even which questions they are asked.
  isThere: sql`r.is_asked`,
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  // An id is the patient's combined with the definition's mask: for each definition there is one patient whose it may be.
  isAmong: (ids) => sql`r.patient_id = any(uuid_xor(${ids}::uuid[], r.mask))`,
  listedBy: 'profile',
  attributes: {},
  relationships: {
    question_definition: { type: 'health_question_definition', column: 'definition_id', isReadOnly: true },
    answer: { type: 'health_profile_answer', column: 'answer_id', isReadOnly: true },
    profile: { type: 'health_profile', column: 'patient_id', isReadOnly: true },
  },
  filters: byPatient,
  oneFilterOf: ['patient', 'groups', 'organization'],
  operations: {
    list: {
      id: 'fetchHealthProfileQuestions',
      summary: 'List health profile questions',
      includes: ['question_definition', 'answer'],
    },
    fetch: {
      id: 'fetchHealthProfileQuestion',
      summary: 'Get a health profile question',
      includes: ['question_definition', 'answer'],
    },
  },
}
