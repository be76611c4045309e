import { z } from 'zod'
import { dateFilters, inOrder, itemQuery, listQuery, mustBeInOrder } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { isStorableJson } from '../http/storable-json.ts'
import { Instant, UserId, ZoneName } from '../http/schemas.ts'
import { shapes } from '../summaries/shapes.ts'
import { UTC } from '../zones.ts'
import { BatteryId, firstOf, isChange, mustChange, oneOf, SessionId, StudyId, StudyNumber, written } from './schemas.ts'
import { participantOrder, sessionOrder } from './status-orders.ts'

const ParticipantId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
const ParticipantStatus = oneOf(participantOrder)
const email = z.email('Invalid email format').max(254).nullable().describe('Of the user, in every study and API.')

export const Participant = z
  .object({
    participant_id: ParticipantId,
    study_id: z.int(),
    status: ParticipantStatus,
    // What another API stored is answered as it is.
    email: z.string().nullable(),
    enrolled_at: z.string().nullable(),
    user_id: z.uuid(),
    ...written,
  })
  .meta({ id: 'Participant' })
export type Participant = z.infer<typeof Participant>
export const ParticipantPage = pageOf('ParticipantPage', Participant)

export const NewParticipant = z
  .strictObject({
    study_id: StudyNumber,
    participant_id: ParticipantId.optional().describe('Unique in the study; where it is left out, P001 and so on.'),
    user_id: UserId.optional().describe('A user that is there already, once in a study; else one is created.'),
    email: email.optional(),
    status: firstOf('invited'),
  })
  .meta({ id: 'NewParticipant' })
export type NewParticipant = z.infer<typeof NewParticipant>

export const ParticipantChange = z
  .strictObject({ status: ParticipantStatus, email })
  .partial()
  .refine(isChange, mustChange)
  .meta({ id: 'ParticipantChange', minProperties: 1 })
export type ParticipantChange = z.infer<typeof ParticipantChange>

export const ParticipantParams = z.strictObject({ participant_id: ParticipantId })

const inStudy = { study_id: StudyId.optional().describe('Needed where several studies have a participant of this id.') }
export const InStudyQuery = z.strictObject(inStudy)
export const ParticipantQuery = itemQuery(Participant, inStudy)
export const ParticipantsQuery = listQuery(Participant, {
  sorts: ['created_at', 'participant_id', 'study_id', 'status', 'enrolled_at'],
  filters: {
    study_id: StudyId.optional(),
    status: ParticipantStatus.optional(),
    user_id: UserId.optional(),
    ...dateFilters('Enrolled'),
  },
}).refine(inOrder, mustBeInOrder)
export type ParticipantsQuery = z.infer<typeof ParticipantsQuery>

export const ParticipantDay = z
  .object({
    date: z.string(),
    activity: z.array(shapes.activity),
    biometrics: z.array(shapes.biometrics),
    body: z.array(shapes.body),
    nutrition: z.array(shapes.nutrition),
    sleep: z.array(shapes.sleep),
  })
  .describe('As the Devices API answers it, without the lists of raw samples.')
  .meta({ id: 'ParticipantDay' })
export type ParticipantDay = z.infer<typeof ParticipantDay>
export const ParticipantDayPage = pageOf('ParticipantDayPage', ParticipantDay)

export const ParticipantDaysQuery = listQuery(ParticipantDay, {
  sorts: ['date'],
  filters: {
    ...dateFilters('Days: what was recorded'),
    ...inStudy,
    timezone_id: ZoneName.default(UTC).describe('The zone whose days they are; UTC where absent.'),
  },
}).refine(inOrder, mustBeInOrder)
export type ParticipantDaysQuery = z.infer<typeof ParticipantDaysQuery>

const MAX_RESULT_BYTES = 64 * 1024
const MAX_RESULT_VALUES = 20_000
const SessionStatus = oneOf(sessionOrder)
const results = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .refine(
    (value) => isStorableJson(value, MAX_RESULT_VALUES) && Buffer.byteLength(JSON.stringify(value)) <= MAX_RESULT_BYTES,
    'must be JSON of 64 kB, 20,000 values and 10 levels at most, without NUL',
  )
  .nullable()
/** Of the years that days have. */
const scheduled = Instant.refine(
  (instant) => instant >= new Date('1970-01-01') && instant < new Date('2100-01-01'),
  'must be from 1970 to 2099',
).nullable()

export const Session = z
  .object({
    session_id: SessionId,
    participant_id: ParticipantId,
    study_id: z.int(),
    battery_id: BatteryId,
    status: SessionStatus,
    scheduled_at: z.string().nullable(),
    started_at: z.string().nullable(),
    completed_at: z.string().nullable(),
    results: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullable(),
    ...written,
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof Session>
export const SessionPage = pageOf('SessionPage', Session)

export const NewSession = z
  .strictObject({
    participant_id: ParticipantId,
    study_id: StudyNumber.optional().describe(inStudy.study_id.description!),
    battery_id: BatteryId,
    status: firstOf('scheduled'),
    scheduled_at: scheduled.default(null),
  })
  .meta({ id: 'NewSession' })
export type NewSession = z.infer<typeof NewSession>

export const SessionChange = z
  .strictObject({ status: SessionStatus, scheduled_at: scheduled, results })
  .partial()
  .refine(isChange, mustChange)
  .meta({ id: 'SessionChange', minProperties: 1 })
export type SessionChange = z.infer<typeof SessionChange>

export const SessionParams = z.strictObject({ session_id: SessionId })
export const SessionQuery = itemQuery(Session, {})
export const SessionsQuery = listQuery(Session, {
  sorts: ['session_id', 'status', 'scheduled_at', 'started_at', 'completed_at', 'created_at'],
  filters: {
    study_id: StudyId.optional(),
    participant_id: ParticipantId.optional(),
    battery_id: BatteryId.optional(),
    status: SessionStatus.optional(),
    ...dateFilters('Scheduled'),
  },
}).refine(inOrder, mustBeInOrder)
export type SessionsQuery = z.infer<typeof SessionsQuery>
