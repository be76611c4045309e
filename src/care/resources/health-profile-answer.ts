import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody, toWireId } from '../ids.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import {
  type Attribute,
  type Draft,
  type Resource,
  storedInstant,
  storedJson,
  type WriteRequest,
} from '../json-api/resource.ts'
import { requireVisible } from '../json-api/visibility.ts'
import { coach } from './coach.ts'
import { healthQuestionDefinition } from './health-question-definition.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'

const MAX_HISTORY = 10_000

const Answered = z.strictObject({
  value: text(1000),
  answered_at: Instant.optional(),
  _created_by: text(100).optional(),
})
type Answered = z.infer<typeof Answered>

const questionId: Record<string, Attribute> = {
  question_id: {
    schema: text(100),
    isReadOnly: false,
    isRequired: true,
    column: 'definition_id',
    toColumn: (id) => idOrNobody(id as string),
    read: raw(`replace(r.definition_id::text, '-', '')`),
  },
}

/** What a patient answered to a definition, and before. The published API only reads it. */
export const healthProfileAnswer: Resource = {
  type: 'health_profile_answer',
  title: 'health profile answer',
  table: 'health_profile_answer',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...questionId,
    ...storedJson('latest', Answered, { isRequired: true }),
    ...storedJson('history', z.array(Answered), { isReadOnly: true }),
    ...storedInstant('created_at', Instant, { isReadOnly: true }),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
  },
  relationships: { patient: { type: 'patient', column: 'patient_id', isRequired: true } },
  filters: byPatient,
  oneFilterOf: ['patient', 'groups', 'organization'],
  touched: 'updated_at',
  prepare: prepareAnswer,
  operations: {
    list: { id: 'fetchHealthProfileAnswers', summary: 'List health profile answers', includes: ['patient'] },
    fetch: { id: 'fetchHealthProfileAnswer', summary: 'Get a health profile answer', includes: ['patient'] },
    create: {
      id: 'createHealthProfileAnswer',
      summary: 'Answer a question of a health profile for the first time',
      status: 201,
      isExtension: true,
    },
    update: {
      id: 'updateHealthProfileAnswer',
      summary: 'Answer a question of a health profile anew: the answer before becomes part of its history',
      isExtension: true,
    },
  },
}

type Before = { patient_id: string; definition_id: string; latest: Required<Answered>; count: number }

/** Whose answer it is, and to what, stays. */
async function prepareAnswer(request: WriteRequest, draft: Draft): Promise<Record<string, unknown>> {
  const { id, attributes, links, isNew, pointer } = draft
  const [before] = isNew
    ? []
    : await run<Before>(
        request.tx,
        sql`select patient_id, definition_id, latest, jsonb_array_length(history) as count
            from health_profile_answer where id = ${id}::uuid`,
      )
  const asked = attributes['question_id'] as string | undefined
  const definitionId = asked === undefined ? before!.definition_id : idOrNobody(asked)
  const patientId = links['patient']?.[0]?.id ?? before!.patient_id
  if (before === undefined) {
    await requireFirst(request, patientId, definitionId, pointer)
  } else {
    const fixed = 'cannot be changed'
    if (definitionId !== before.definition_id) throw refusal('conflict', `${pointer}.attributes.question_id`, fixed)
    if (patientId !== before.patient_id) throw refusal('conflict', `${pointer}.relationships.patient`, fixed)
  }
  const answered = attributes['latest'] as Answered | undefined
  if (answered === undefined) return {}
  const latest = await complete(request, answered, patientId, `${pointer}.attributes.latest`)
  return { latest: JSON.stringify(latest), ...(before === undefined ? {} : historyOf(before, latest, pointer)) }
}

/** One of a patient and a definition. Whoever asks at the same moment waits until this one is committed. */
async function requireFirst(request: WriteRequest, patientId: string, definitionId: string, pointer: string) {
  const { tx, grant } = request
  const field = `${pointer}.attributes.question_id`
  await requireVisible(tx, healthQuestionDefinition, grant, [definitionId], field, { isLocking: true })
  const key = JSON.stringify(['health_profile_answer', patientId, definitionId])
  await run(tx, sql`select pg_advisory_xact_lock(hashtextextended(${key}, 3))`)
  const found = await run(
    tx,
    sql`select 1 from health_profile_answer
        where patient_id = ${patientId}::uuid and definition_id = ${definitionId}::uuid`,
  )
  if (found.length > 0) throw refusal('conflict', field, 'is answered by the patient already: update that answer')
}

/** Whoever answered is the patient, or a coach; without a word the patient, now. */
async function complete(
  { tx, grant, now }: WriteRequest,
  { value, answered_at, _created_by }: Answered,
  patientId: string,
  pointer: string,
): Promise<Required<Answered>> {
  const createdBy = _created_by === undefined ? patientId : idOrNobody(_created_by)
  if (createdBy !== patientId) await requireVisible(tx, coach, grant, [createdBy], `${pointer}._created_by`)
  const answeredAt = answered_at === undefined ? now : new Date(answered_at)
  return { value, answered_at: answeredAt.toISOString(), _created_by: toWireId(createdBy) }
}

/** The same answer sent again is none. */
function historyOf({ latest: before, count }: Before, latest: Required<Answered>, pointer: string) {
  const isSame = Object.entries(latest).every(([name, value]) => before[name as keyof Answered] === value)
  if (isSame) return {}
  if (count >= MAX_HISTORY)
    throw refusal('conflict', `${pointer}.attributes.latest`, `would have more than ${MAX_HISTORY} answers before it`)
  return { history: sql`jsonb_build_array(latest) || history` }
}
