import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { join, run, type Sql, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody } from '../ids.ts'
import { Ids } from '../json-api/filters.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Attribute, Filter, WriteRequest, Written } from '../json-api/resource.ts'
import { requireVisible, uuids } from '../json-api/visibility.ts'
import { isCoachSeen, isPatientSeen } from '../people/reach.ts'
import { coach } from '../resources/coach.ts'
import { patient } from '../resources/patient.ts'

const MAX_ATTENDEES = 100

/** `_id` is the attendance's, given by the server; `user` is the patient's or the coach's. */
const Attendee = z.strictObject({
  _id: text(100).optional(),
  user: text(100),
  response_status: z.enum(['needsAction', 'declined', 'tentative', 'accepted']).optional(),
})
type Attendee = z.infer<typeof Attendee>

/** Those whom the token sees. */
export const attendees: Record<string, Attribute> = {
  attendees: {
    schema: z.array(Attendee).max(MAX_ATTENDEES),
    isReadOnly: false,
    isRequired: false,
    read: (groupIds) => sql`(select coalesce(json_agg(json_build_object(
        '_id', replace(a.id::text, '-', ''),
        'user', replace(coalesce(a.patient_id, a.coach_id)::text, '-', ''),
        'response_status', a.response_status) order by a.position, a.id), '[]')
      from calendar_event_attendee a where a.event_id = r.id and ${isSeen(groupIds)})`,
  },
}

/** Whether a token sees who the attendee `a` is. */
const isSeen = (groupIds: string[] | null): Sql =>
  sql`(${isPatientSeen(sql`a.patient_id`, groupIds)} or ${isCoachSeen(sql`a.coach_id`, groupIds)})`

export const ofAttendees: Filter = {
  description: 'Ids of patients or coaches who attend, separated by commas.',
  schema: Ids,
  where: (ids: string[]) => sql`r.id in (select event_id from calendar_event_attendee
    where patient_id in (${uuids(ids)}) or coach_id in (${uuids(ids)}))`,
  names: { types: ['patient', 'coach'], ids: (ids: string[]) => ids },
}

/**
 * Makes the list that a request has the event's, but for those whom the token does not see, who stay. Who stays keeps `_id` and status, whatever is sent of them: that is for
 * responses to change. Throws `conflict` for whom it names twice, and `not_found` or `forbidden` for whom it adds.
 */
export async function saveAttendees(request: WriteRequest, written: Written): Promise<void> {
  const given = written.attributes['attendees'] as Attendee[] | null | undefined
  if (given === undefined) return
  const sent = given ?? []
  const { tx } = request
  const users = sent.map(({ user }) => idOrNobody(user))
  await run(
    tx,
    sql`delete from calendar_event_attendee a
        where event_id = ${written.id}::uuid and coalesce(patient_id, coach_id) <> all(${users}::uuid[])
          and ${isSeen(request.grant.groupIds)}`,
  )
  await addAttendees(request, written, sent, users)
  await run(
    tx,
    sql`update calendar_event_attendee a set position = sent.position - 1
        from unnest(${users}::uuid[]) with ordinality as sent (id, position)
        where a.event_id = ${written.id}::uuid and coalesce(a.patient_id, a.coach_id) = sent.id
          and a.position <> sent.position - 1`,
  )
}

/** Adds who is not there yet; `users` are the ids of `sent`. */
async function addAttendees(
  { tx, grant }: WriteRequest,
  { id, pointer }: Written,
  sent: Attendee[],
  users: string[],
): Promise<void> {
  const there = await run<{ user: string }>(
    tx,
    sql`select coalesce(patient_id, coach_id) as user from calendar_event_attendee a
        where event_id = ${id}::uuid and ${isSeen(grant.groupIds)}`,
  )
  const staying = new Set(there.map(({ user }) => user))
  const added = []
  for (const [position, user] of users.entries()) {
    const field = `${pointer}.attributes.attendees.${position}.user`
    if (users.indexOf(user) < position) throw refusal('conflict', field, 'is on the list already')
    if (staying.has(user)) continue
    const types = await requireVisible(tx, [patient, coach], grant, [user], field, { isLocking: true })
    const isPatient = types.get(user) === patient.type
    const status = sent[position]!.response_status ?? 'needsAction'
    added.push(sql`(${uuidv7()}::uuid, ${grant.organizationId}::uuid, ${id}::uuid, ${isPatient ? user : null}::uuid,
      ${isPatient ? null : user}::uuid, ${position}, ${status})`)
  }
  if (added.length === 0) return
  await run(
    tx,
    sql`insert into calendar_event_attendee (id, tenant_id, event_id, patient_id, coach_id, position, response_status)
        values ${join(added)}`,
  )
}
