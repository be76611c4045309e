import type pg from 'pg'
import { toWireId } from '../../src/care/ids.ts'
import type { CareToken } from './fetch-token.ts'

/** A list, and what somebody would write by hand to have the same rows and the same count. */
export type Case = { name: string; path: string; byHand: { text: string; values: unknown[] }[] }

const PAGE = 50

const patientColumns = `id, first_name, last_name, email_address, phone_numbers, addresses, birth_date, gender, note,
  updated_at, archived, archive_history,
  (select json_agg(json_build_object('system', i.system, 'value', i.value)) from person_identifier i
   where i.patient_id = u.id) as identifiers,
  (select json_agg(g.group_id) from patient_group g where g.patient_id = u.id) as groups,
  (select json_agg(c.coach_id) from patient_coach c where c.patient_id = u.id) as coaches`
const metricColumns = 'id, patient_id, type, code, value, systolic, diastolic, unit, occurred_at'

/** `patients`: how many there are. */
export async function casesOf(client: pg.Client, token: CareToken, patients: number): Promise<Case[]> {
  const { tenantId, organization } = token
  const groups = await client.query<{ id: string }>('select id from care_group where tenant_id = $1 limit 1', [
    tenantId,
  ])
  const group = groups.rows[0]!.id
  const patient = `/pub/patient?filter[organization]=${organization}`
  const metric = `/pub/patient_health_metric?filter[organization]=${organization}`
  const inGroup = 'exists (select from patient_group m where m.patient_id = u.id and m.group_id = $2)'
  const [from, to] = ['2024-01-31T00:00:00Z', '2024-02-10T00:00:00Z']
  return [
    {
      name: 'patients, the first page',
      path: `${patient}&page[limit]=${PAGE}`,
      byHand: page('app_user u', patientColumns, 'tenant_id = $1', [tenantId]),
    },
    await deep('patients', patient, patients * 0.7, (after) =>
      page('app_user u', patientColumns, 'tenant_id = $1', [tenantId], after),
    ),
    {
      name: 'patients of a group, a tenth',
      path: `/pub/patient?filter[groups]=${toWireId(group)}&page[limit]=${PAGE}`,
      byHand: page('app_user u', patientColumns, `tenant_id = $1 and ${inGroup}`, [tenantId, group]),
    },
    {
      name: 'patients created in ten days, a fourteenth',
      path: `${patient}&filter[created_at]=${from}..${to}&page[limit]=${PAGE}`,
      byHand: page('app_user u', patientColumns, 'tenant_id = $1 and created_at >= $2 and created_at < $3', [
        tenantId,
        from,
        to,
      ]),
    },
    {
      name: 'patients, the count',
      path: `${patient}&page[limit]=0`,
      byHand: [count('app_user', 'tenant_id = $1', [tenantId])],
    },
    {
      name: 'metrics, the first page',
      path: `${metric}&page[limit]=${PAGE}`,
      byHand: page('patient_health_metric', metricColumns, 'tenant_id = $1', [tenantId]),
    },
    await deep('metrics', metric, patients * 7, (after) =>
      page('patient_health_metric', metricColumns, 'tenant_id = $1', [tenantId], after),
    ),
    await ofPatient(),
    {
      name: 'metrics, the count',
      path: `${metric}&page[limit]=0`,
      byHand: [count('patient_health_metric', 'tenant_id = $1', [tenantId])],
    },
  ]

  /** The page after the row in `position`, whose cursor a page by number does not give: walks there by thousands. */
  async function deep(
    name: string,
    path: string,
    position: number,
    byHand: (after: string) => Case['byHand'],
  ): Promise<Case> {
    let next = `${path}&page[limit]=1000`
    let last = ''
    for (let seen = 0; seen < position; seen += 1000) {
      const answer = await token.read(next)
      next = answer.links['next']!
      last = answer.data.at(-1)!.id
    }
    const shown = next.replace(/page%5Blimit%5D=1000/, `page%5Blimit%5D=${PAGE}`)
    return { name: `${name}, a page after ${position.toLocaleString('en')}`, path: shown, byHand: byHand(last) }
  }

  async function ofPatient(): Promise<Case> {
    const { data } = await token.read(`${patient}&page[number]=1000&page[size]=50`)
    const { id } = data[0]!
    return {
      name: 'metrics of a patient',
      path: `/pub/patient_health_metric?filter[patient]=${id}&page[limit]=${PAGE}`,
      byHand: page('patient_health_metric', metricColumns, 'tenant_id = $1 and patient_id = $2', [tenantId, id]),
    }
  }
}

const count = (table: string, where: string, values: unknown[]) => ({
  text: `select count(*) from ${table} where ${where}`,
  values,
})

/** The rows of a page, and how many there are in all. */
function page(table: string, columns: string, where: string, values: unknown[], after?: string): Case['byHand'] {
  const isAfter = after === undefined ? '' : ` and id > '${after}'`
  return [
    { text: `select ${columns} from ${table} where ${where}${isAfter} order by id limit ${PAGE}`, values },
    count(table, where, values),
  ]
}
