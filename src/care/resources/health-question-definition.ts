import { z } from 'zod'
import { run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type Resource, stored, storedJson, type WriteRequest } from '../json-api/resource.ts'
import { columnsOfRequirements, Requirement } from '../health/question-requirements.ts'

/** Every profile of an organization names its questions: this many at most. */
const MAX_DEFINITIONS = 100

export const QuestionCategory = z.enum(['lifestyle_behaviors', 'mental_wellbeing', 'preventative_care'])

const Choice = z.strictObject({ label: text(1000), value: text(1000), icon: text(1000).optional() })
const Format = z.strictObject({ type: text(100), data: z.array(Choice).max(100).optional() })
const Requirements = z.array(Requirement).max(20)

/** What an organization asks its patients of their health. The published API only reads them. */
export const healthQuestionDefinition: Resource = {
  type: 'health_question_definition',
  title: 'health question definition',
  table: 'health_question_definition',
  organization: 'tenant_id',
  isVisibleTo: () => sql`true`,
  attributes: {
    ...stored('category', QuestionCategory, { isRequired: true }),
    ...stored('text', text(5000), { isRequired: true }),
    ...storedJson('format', Format, { isRequired: true }),
    ...storedJson('requirements', Requirements),
  },
  prepare: prepareDefinition,
  operations: {
    list: { id: 'fetchHealthQuestionDefinitions', summary: 'List health question definitions' },
    fetch: { id: 'fetchHealthQuestionDefinition', summary: 'Get a health question definition' },
    create: {
      id: 'createHealthQuestionDefinition',
      summary: 'Create a health question definition',
      status: 201,
      isExtension: true,
    },
    update: {
      id: 'updateHealthQuestionDefinition',
      summary: 'Update a health question definition: profiles change with it',
      isExtension: true,
    },
  },
}

async function prepareDefinition(
  request: WriteRequest,
  { attributes, isNew, pointer }: Draft,
): Promise<Record<string, unknown>> {
  if (isNew) await requireRoom(request, pointer)
  const requirements = attributes['requirements'] as z.infer<typeof Requirements> | null | undefined
  return requirements === undefined ? {} : columnsOfRequirements(requirements ?? [])
}

/** Whoever asks at the same moment waits until this one is committed. */
async function requireRoom({ tx, grant: { organizationId } }: WriteRequest, pointer: string): Promise<void> {
  const key = JSON.stringify(['health_question_definition', organizationId])
  await run(tx, sql`select pg_advisory_xact_lock(hashtextextended(${key}, 3))`)
  const [counted] = await run<{ count: number }>(
    tx,
    sql`select count(*)::int as count from health_question_definition where tenant_id = ${organizationId}::uuid`,
  )
  if (counted!.count < MAX_DEFINITIONS) return
  throw refusal('conflict', pointer, `is one more than the ${MAX_DEFINITIONS} that an organization may have`)
}
