import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type Resource, stored, type WriteRequest, type Written } from '../json-api/resource.ts'
import { requireVisible } from '../json-api/visibility.ts'
import { coach } from './coach.ts'
import { patient } from './patient.ts'
import { isPatientOf } from '../people/reach.ts'

/** What an attendee of a calendar event says to it. Nobody reads it again: the event shows the attendee's status. */
export const calendarEventResponse: Resource = {
  type: 'calendar_event_response',
  title: 'calendar event response',
  table: 'calendar_event_response',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) =>
    sql`exists (select from calendar_event e where e.id = ${row}.event_id and ${isPatientOf(sql`e.patient_id`, groupIds)})`,
  attributes: {
    // The attendee's `_id` in the event's list; `prepare` finds whose that is.
    attendee: {
      schema: text(100),
      isReadOnly: false,
      isRequired: false,
      read: raw(`replace(r.attendee_id::text, '-', '')`),
    },
    ...stored('response_status', z.enum(['accepted', 'declined', 'tentative']), { isRequired: true }),
  },
  relationships: {
    user: { columns: { patient: 'patient_id', coach: 'coach_id' }, generalType: 'user' },
    calendar_event: { type: 'calendar_event', column: 'event_id', isRequired: true },
  },
  prepare: findAttendee,
  save: updateAttendee,
  operations: {
    create: { id: 'createCalendarEventResponse', summary: 'Respond to a calendar event', status: 201 },
  },
}

type Attendee = { attendee_id: string; patient_id: string | null; coach_id: string | null }

/**
 * Finds who responds: by `attendee`, by the relationship `user`, or by both, which must be the same. Throws `conflict` for
 * whoever is not an attendee of the event, `forbidden` for one whom the token may not see.
 */
async function findAttendee(request: WriteRequest, draft: Draft): Promise<Record<string, unknown>> {
  const { tx, grant, now } = request
  const { attributes, links, pointer } = draft
  const field = `${pointer}.attributes.attendee`
  const sent = attributes['attendee'] as string | null | undefined
  const user = links['user']?.[0]
  const eventId = links['calendar_event']![0]!.id
  if (typeof sent !== 'string' && user === undefined) {
    throw refusal('conflict', field, 'is required, or a user')
  }
  // The event shows the response: it is changed. One after the other, so that the last is the one that stays.
  await run(tx, sql`update calendar_event set updated_at = ${now} where id = ${eventId}::uuid`)
  const attendees = await run<Attendee>(
    tx,
    sql`select id as attendee_id, patient_id, coach_id from calendar_event_attendee where event_id = ${eventId}::uuid
        order by id for key share`,
  )
  const byId = attendees.find(({ attendee_id }) => attendee_id === idOrNobody(sent ?? ''))
  const byUser = attendees.find(({ patient_id, coach_id }) => (patient_id ?? coach_id) === user?.id)
  if (typeof sent === 'string' && byId === undefined) throw refusal('conflict', field, NO_ATTENDEE)
  const place = `${pointer}.relationships.user.data`
  if (user !== undefined && byUser === undefined) throw refusal('conflict', place, NO_ATTENDEE)
  const attendee = (byId ?? byUser)!
  if (byUser !== undefined && byUser !== attendee) throw refusal('conflict', place, 'is not who the attendee is')
  const person = attendee.patient_id === null ? coach : patient
  await requireVisible(tx, person, grant, [(attendee.patient_id ?? attendee.coach_id)!], field)
  return attendee
}

const NO_ATTENDEE = 'is no attendee of the calendar event'

/** Only the last response of each is kept. */
async function updateAttendee({ tx }: WriteRequest, { id, attributes }: Written): Promise<void> {
  const attendeeId = sql`(select attendee_id from calendar_event_response where id = ${id}::uuid)`
  await run(
    tx,
    sql`update calendar_event_attendee set response_status = ${attributes['response_status']} where id = ${attendeeId}`,
  )
  await run(tx, sql`delete from calendar_event_response where attendee_id = ${attendeeId} and id <> ${id}::uuid`)
}
