import { boolean, date, instant, integer, list, matching, object, oneOf, readOnly, string } from '../notation.ts'

const PhoneNumber = object({
  'type!': oneOf('home', 'work', 'mobile', 'home-fax', 'work-fax', 'other'),
  'value!': string,
  'primary!': boolean,
})

const Address = object({
  city: string,
  state: string,
  postal_code: string,
  lines: list(string),
  use: string,
  type: string,
  text: string,
  district: string,
  country: string,
})

const PatientIdentifier = object({ label: string, 'system!': string, 'value!': string, unique: boolean })

const ArchiveHistory = object({ archived: boolean, modified_at: instant, reason: string, notes: string })

export const people = {
  token: object({
    'type!': oneOf('token'),
    'id!': string,
    attributes: object({
      'access_token!': string,
      'refresh_token!': string,
      'token_type!': oneOf('bearer'),
      'expires_in!': integer,
    }),
    relationships: object({
      groups: object({
        'data!': list(object({ 'type!': oneOf('group'), 'id!': string })),
        'links!': object({ 'related!': matching('/oauth/token/[0-9a-z]+/groups') }),
      }),
      organization: object({
        'data!': object({ 'type!': oneOf('organization'), 'id!': string }),
        'links!': object({ 'related!': matching('/oauth/token/[0-9a-z]+/organization') }),
      }),
    }),
  }),
  organization: object({
    'id!': string,
    'type!': oneOf('organization'),
    'attributes!': object({ 'name!': string }),
    links: readOnly(object({ 'self!': matching('/organization/[0-9a-z]+') })),
  }),
  group: object({
    'id!': string,
    'type!': oneOf('group'),
    'attributes!': object({ 'name!': string, bio: string }),
    links: readOnly(object({ 'self!': matching('/group/[0-9a-z]+') })),
  }),
  coach: object({
    'id!': string,
    'type!': oneOf('coach'),
    'attributes!': object({ first_name: string, last_name: string }),
    links: readOnly(object({ 'self!': matching('/coach/[0-9a-z]+') })),
  }),
  patient: object({
    id: string,
    'type!': oneOf('patient'),
    'attributes!': object({
      first_name: string,
      last_name: string,
      email_address: string,
      phone_numbers: list(PhoneNumber),
      addresses: list(Address),
      identifiers: list(PatientIdentifier),
      birth_date: date,
      gender: oneOf('male', 'female', 'other'),
      note: string,
      updated_at: readOnly(instant),
      first_access_at: readOnly(instant),
      invited_at: readOnly(instant),
      enrolled_at: readOnly(instant),
      last_access_at: readOnly(instant),
      archived: readOnly(boolean),
      archive_history: list(ArchiveHistory),
      statement: readOnly(object({ value: string, updated_at: instant, updated_by: string })),
    }),
    links: readOnly(object({ self: matching('/patient/[0-9a-z]+'), twine_web_app: string })),
    relationships: object({
      'groups!': object({ 'data!': list(object({ 'type!': oneOf('group'), id: string })) }),
      coaches: object({
        'data!': list(object({ 'type!': oneOf('coach'), 'id!': string, meta: object({ primary: boolean }) })),
        links: readOnly(object({ related: matching('/patient/[0-9a-z]+/groups') })),
      }),
    }),
  }),
}
