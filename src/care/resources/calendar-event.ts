import { z } from 'zod'
import { raw, sql } from '../../database/sql.ts'
import { text, ZoneName } from '../../http/schemas.ts'
import { fromWireId } from '../ids.ts'
import { between } from '../json-api/filters.ts'
import { Instant } from '../json-api/instants.ts'
import { type Attribute, type Resource, stored, storedInstant } from '../json-api/resource.ts'
import { attendees, ofAttendees, saveAttendees } from '../calendar/calendar-attendees.ts'
import { prepareCalendarEvent } from '../calendar/calendar-event-rules.ts'
import { byPatient, isCoachSeen, isPatientOf } from '../people/reach.ts'

const EventType = z.enum(['plan-check-in', 'reminder', 'telephone-call', 'office-visit', 'video-call'])
const Title = text(300, 0).refine((title) => title.trim() !== '', 'must not be empty')

/** The id of a coach whom the token sees. */
const completedBy: Attribute = {
  schema: text(100),
  isReadOnly: false,
  isRequired: false,
  column: 'completed_by',
  toColumn: (id) => (typeof id === 'string' ? fromWireId(id) : null),
  read: (groupIds) =>
    sql`case when ${isCoachSeen(sql`r.completed_by`, groupIds)} then replace(r.completed_by::text, '-', '') end`,
}

/** What is to happen, or happened, with a patient on a day or at a time. The patient owns it. */
export const calendarEvent: Resource = {
  type: 'calendar_event',
  title: 'calendar event',
  table: 'calendar_event',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    completed_by: completedBy,
    ...storedInstant('completed_at', Instant),
    ...stored('type', EventType, { isRequired: true }),
    ...stored('time_zone', ZoneName),
    ...stored('all_day', z.boolean()),
    ...storedInstant('start_at', Instant, { isRequired: true }),
    ...storedInstant('end_at', Instant),
    ...stored('title', Title, { isRequired: true }),
    ...stored('location', text(1000, 0)),
    ...stored('description', text(20_000, 0)),
    ...attendees,
    ...storedInstant('created_at', Instant, { isReadOnly: true }),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
  },
  relationships: { owner: { type: 'patient', column: 'patient_id', isRequired: true } },
  filters: {
    ...byPatient,
    attendees: ofAttendees,
    type: { description: 'The type.', schema: EventType, where: (type: string) => sql`r.type = ${type}` },
    completed: {
      description: 'true: only those that are completed; false: only those that are not; neither: all.',
      schema: z.enum(['true', 'false']),
      where: (isCompleted: string) => raw(`r.completed_at is ${isCompleted === 'true' ? 'not null' : 'null'}`),
    },
    start_at: between('start_at', 'When it starts'),
    end_at: between('end_at', 'When it ends'),
    completed_at: between('completed_at', 'When it was completed'),
    created_at: between('created_at', 'When it was created'),
    updated_at: between('updated_at', 'When it was changed last, or responded to'),
  },
  oneFilterOf: ['patient', 'groups', 'organization', 'attendees'],
  sorts: ['start_at'],
  touched: 'updated_at',
  prepare: prepareCalendarEvent,
  save: saveAttendees,
  created: { event: 'calendar_event.created', of: { relationship: 'owner' } },
  operations: {
    list: { id: 'fetchCalendarEvents', summary: 'List calendar events', includes: ['owner'] },
    fetch: { id: 'fetchCalendarEvent', summary: 'Get a calendar event', includes: ['owner'] },
    create: { id: 'createCalendarEvent', summary: 'Create a calendar event', status: 201 },
    update: { id: 'updateCalendarEvent', summary: 'Update a calendar event' },
    remove: { id: 'deleteCalendarEvent', summary: 'Delete a calendar event' },
  },
}
