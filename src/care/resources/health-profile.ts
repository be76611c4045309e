import { z } from 'zod'
import { raw, sql } from '../../database/sql.ts'
import { Instant } from '../json-api/instants.ts'
import { type Attribute, type Resource, storedInstant } from '../json-api/resource.ts'
import { QUESTIONS } from './health-profile-question.ts'
import { QuestionCategory } from './health-question-definition.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'

/** Every patient has one, with the patient's id. */
const PROFILES = `(
  select u.id, u.tenant_id, u.id as patient_id, u.created_at,
         coalesce((select max(a.updated_at) from health_profile_answer a where a.patient_id = u.id),
                  u.created_at) as updated_at
  from app_user u)`

const StatsCategory = z.enum([...QuestionCategory.options, 'overall'])
const Stats = z.object({ category: StatsCategory, answered: z.number().int(), total: z.number().int() })

const countsOf = StatsCategory.options.map((category) => {
  const isCounted = category === 'overall' ? 'true' : `category = '${category}'`
  return `json_build_object('category', '${category}', 'answered', count(answer_id) filter (where ${isCounted}),
                            'total', count(*) filter (where ${isCounted}))`
})

/** How many questions there are, and how many have an answer. */
const stats: Record<string, Attribute> = {
  stats: {
    schema: z.array(Stats),
    isReadOnly: true,
    isRequired: false,
    read: raw(`(select json_build_array(${countsOf.join(', ')}) from ${QUESTIONS} q where q.patient_id = r.id)`),
  },
}

/** What a patient is asked of their health. */
export const healthProfile: Resource = {
  type: 'health_profile',
  title: 'health profile',
  table: PROFILES,
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...stats,
    ...storedInstant('created_at', Instant, { isReadOnly: true }),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
  },
  relationships: {
    patient: { type: 'patient', column: 'patient_id', isReadOnly: true },
    questions: {
      type: 'health_profile_question',
      table: QUESTIONS,
      own: 'patient_id',
      other: 'id',
      orderBy: 'definition_id',
      isReadOnly: true,
      isPart: true,
    },
  },
  filters: byPatient,
  oneFilterOf: ['patient', 'groups', 'organization'],
  operations: {
    list: { id: 'fetchHealthProfiles', summary: 'List health profiles', includes: ['patient', 'questions'] },
    fetch: { id: 'fetchHealthProfile', summary: 'Get a health profile', includes: ['patient', 'questions'] },
  },
}
