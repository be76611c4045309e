import { z } from 'zod'
import { raw, run, type Sql, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { equalTo, Id } from '../json-api/filters.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import {
  type Attribute,
  type Draft,
  type Filter,
  type Resource,
  stored,
  storedInstant,
  storedJson,
  type WriteRequest,
} from '../json-api/resource.ts'
import { EmailAddress } from '../people/person.ts'
import { isCoachOf, isPatientOf } from '../people/reach.ts'

const at = Instant.optional()
const StatusTimes = z.strictObject({
  processed: at,
  dropped: at,
  deferred: at,
  bounce: at,
  open: at,
  spamreport: at,
  unsubscribe: at,
  click: at,
  delivered: at,
})

/** Instants, with whatever offsets they were sent. */
const statusTimes: Record<string, Attribute> = {
  status_times: {
    ...storedJson('status_times', StatusTimes)['status_times']!,
    toColumn: (times) => (times === null ? null : JSON.stringify(inUtc(times as Record<string, string>))),
  },
}

const inUtc = (times: Record<string, string>) =>
  Object.fromEntries(Object.entries(times).map(([status, time]) => [status, new Date(time).toISOString()]))

/** An e-mail that was sent to a patient or coach. The published API only reads it. */
export const emailHistory: Resource = {
  type: 'email_history',
  title: 'email history',
  table: 'email_history',
  organization: 'tenant_id',
  isVisibleTo,
  attributes: {
    ...stored('twine_email_id', text(300)),
    ...stored('email_address', EmailAddress),
    ...stored('email_type', text(100)),
    ...storedInstant('send_time', Instant, { isRequired: true }),
    ...statusTimes,
    ...storedInstant('created_at', Instant, { isReadOnly: true }),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
  },
  relationships: {
    sender: { columns: { patient: 'sender_patient_id', coach: 'sender_coach_id' }, generalType: 'user' },
    receiver: {
      columns: { patient: 'receiver_patient_id', coach: 'receiver_coach_id' },
      generalType: 'user',
      isRequired: true,
    },
  },
  filters: {
    receiver: ofUser('receiver_id', 'The id of the patient or coach whom e-mails were sent to.'),
    sender: ofUser('sender_id', 'The id of the patient or coach who sent e-mails.'),
    emailType: equalTo('email_type', 'The type of e-mails.', 100),
  },
  oneFilterOf: ['receiver', 'sender'],
  sorts: ['send_time'],
  touched: 'updated_at',
  prepare: requireOwnId,
  operations: {
    list: { id: 'fetchEmailHistories', summary: 'List email histories' },
    fetch: { id: 'fetchEmailHistory', summary: 'Get an email history' },
    create: { id: 'createEmailHistory', summary: 'Create an email history', status: 201, isExtension: true },
    update: { id: 'updateEmailHistory', summary: 'Update an email history', isExtension: true },
  },
}

/** Whoever sees the receiver, whose address it has, and the sender where that is a patient. */
function isVisibleTo(row: Sql, groupIds: Sql): Sql {
  return sql`(${isPatientOf(sql`${row}.receiver_patient_id`, groupIds)}
              or ${isCoachOf(sql`${row}.receiver_coach_id`, groupIds)})
         and (${row}.sender_patient_id is null or ${isPatientOf(sql`${row}.sender_patient_id`, groupIds)})`
}

function ofUser(column: 'receiver_id' | 'sender_id', description: string): Filter {
  return {
    description,
    schema: Id,
    where: (id: string) => sql`${raw(`r.${column}`)} = ${id}::uuid`,
    names: { types: ['patient', 'coach'], ids: (id: string) => [id] },
  }
}

/** An id is of one e-mail. Whoever asks at the same moment waits until this one is committed. */
async function requireOwnId(
  { tx, grant: { organizationId } }: WriteRequest,
  { id, attributes, pointer }: Draft,
): Promise<Record<string, unknown>> {
  const emailId = attributes['twine_email_id'] as string | null | undefined
  if (emailId === undefined || emailId === null) return {}
  const key = JSON.stringify(['email_history', organizationId, emailId])
  await run(tx, sql`select pg_advisory_xact_lock(hashtextextended(${key}, 3))`)
  const found = await run(
    tx,
    sql`select 1 from email_history
        where tenant_id = ${organizationId}::uuid and twine_email_id = ${emailId} and id <> ${id}::uuid`,
  )
  if (found.length > 0) throw refusal('conflict', `${pointer}.attributes.twine_email_id`, 'is of another e-mail')
  return {}
}
