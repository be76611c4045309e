import { z } from 'zod'
import { raw, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { between, isTrue } from '../json-api/filters.ts'
import { Instant } from '../json-api/instants.ts'
import { type Resource, stored, storedDate, storedInstant, storedJson } from '../json-api/resource.ts'
import { toWireId } from '../ids.ts'
import { findGroupByName, GroupQuery } from '../people/group-query.ts'
import { Address, ArchiveHistory, BirthDate, EmailAddress, Gender, PhoneNumber, Statement } from '../people/person.ts'
import {
  hasIdentifier,
  identifierFilters,
  identifiers,
  lockPeople,
  saveIdentifiers,
} from '../people/person-identifiers.ts'
import { isPatientOf, ofGroups, ofOrganization } from '../people/reach.ts'
import { upsertPatient } from '../people/upsert-patient.ts'

/** A user of the Devices API, as care teams know the person. */
export const patient: Resource = {
  type: 'patient',
  title: 'patient',
  table: 'app_user',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.id`, groupIds),
  attributes: {
    ...stored('first_name', text(300)),
    ...stored('last_name', text(300)),
    ...stored('email_address', EmailAddress),
    ...storedJson('phone_numbers', z.array(PhoneNumber).max(20)),
    ...storedJson('addresses', z.array(Address).max(20)),
    ...identifiers('patient_id'),
    ...storedDate('birth_date', BirthDate),
    ...stored('gender', Gender),
    ...stored('note', text(20_000, 0)),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
    ...storedInstant('first_access_at', Instant, { isReadOnly: true }),
    ...storedInstant('invited_at', Instant, { isReadOnly: true }),
    ...storedInstant('enrolled_at', Instant, { isReadOnly: true }),
    ...storedInstant('last_access_at', Instant, { isReadOnly: true }),
    ...stored('archived', z.boolean(), { isReadOnly: true }),
    ...storedJson('archive_history', z.array(ArchiveHistory), { isReadOnly: true }),
    ...storedJson('statement', Statement, { isReadOnly: true }),
  },
  relationships: {
    groups: {
      type: 'group',
      table: 'patient_group',
      own: 'patient_id',
      other: 'group_id',
      isRequired: true,
      query: { schema: GroupQuery, find: findGroupByName },
    },
    coaches: {
      type: 'coach',
      table: 'patient_coach',
      own: 'patient_id',
      other: 'coach_id',
      meta: { primary: 'is_primary' },
    },
  },
  filters: {
    groups: ofGroups((groupIds) => isPatientOf(raw('r.id'), groupIds)),
    organization: ofOrganization(),
    ...identifierFilters('patient_id'),
    archived: isTrue('archived', 'true: only archived patients; false: only those who are not; neither: all.'),
    created_at: between('created_at', 'When the patient was created'),
    updated_at: between('updated_at', 'When the patient was changed last'),
  },
  oneFilterOf: ['groups', 'organization'],
  // The person has no name in an app's own system yet.
  defaults: (id) => ({ app_user_id: toWireId(id) }),
  touched: 'updated_at',
  lock: lockPeople,
  save: saveIdentifiers('patient_id'),
  created: { event: 'patient.created', of: 'itself' },
  operations: {
    list: { id: 'fetchPatients', summary: 'List patients' },
    fetch: { id: 'fetchPatient', summary: 'Get a patient' },
    create: {
      id: 'createPatient',
      summary: 'Create a patient, or several',
      status: 201,
      bulk: { isDuplicate: hasIdentifier },
    },
    update: { id: 'updatePatient', summary: 'Update a patient' },
    upsert: {
      id: 'upsertPatient',
      summary: 'Create a patient, or update the one with an identifier',
      ...upsertPatient,
    },
    related: {
      groups: { id: 'fetchPatientGroups', summary: 'List the groups of a patient' },
      coaches: { id: 'fetchPatientCoaches', summary: 'List the coaches of a patient' },
    },
  },
}
