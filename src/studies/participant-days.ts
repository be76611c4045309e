import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { type Page, offsetOf, toPage } from '../http/paging.ts'
import { readDays } from '../summaries/read-days.ts'
import { shapeNames } from '../summaries/shapes.ts'
import { dateAfter, dateOf, daysBetween } from '../zones.ts'
import type { ParticipantDay, ParticipantDaysQuery } from './participant-schemas.ts'
import { readParticipant } from './participants.ts'
import { refuse } from './status-orders.ts'
import { readStudy } from './studies.ts'

/**
 * What a participant's wearables recorded on the days of the study's window, those without any included. Where neither the
 * window nor the request says where they end, today is the last. Throws as `readParticipant`, and `validation_error` where
 * nothing says where they begin.
 */
export async function readParticipantDays(
  { pool, hotPool, now }: Context,
  tenant: Tenant,
  id: string,
  wanted: ParticipantDaysQuery,
): Promise<Page<ParticipantDay>> {
  const participant = await readParticipant(pool, tenant, id, wanted)
  const study = await readStudy(pool, tenant, participant.study_id)
  const zone = wanted.timezone_id
  const first = latest(wanted.start_date, study.start_date)
  if (first === undefined) throw refuse('validation_error', 'start_date', 'is missing, and the study has none')
  const last = earliest(wanted.end_date, study.end_date) ?? dateOf(now().getTime(), zone)
  const total = Math.max(0, daysBetween(first, last) + 1)
  const owner = { tenantId: tenant.id, userId: participant.user_id }
  const days = await readDays(hotPool, owner, datesOf(first, total, wanted), zone, shapesOf(wanted.fields))
  return toPage(wanted, total, days as ParticipantDay[])
}

/** The dates of the page. */
function datesOf(first: string, total: number, wanted: ParticipantDaysQuery): string[] {
  const from = offsetOf(wanted)
  const count = Math.max(0, Math.min(wanted.per_page, total - from))
  const places = Array.from({ length: count }, (_, index) => from + index)
  return places.map((place) => dateAfter(first, wanted.order === 'asc' ? place : total - 1 - place))
}

/** Only what is answered is read. */
const shapesOf = (fields: string[] | undefined) =>
  shapeNames.filter((shape) => fields === undefined || fields.includes(shape))

type MaybeDate = string | null | undefined

const given = (...dates: MaybeDate[]) => dates.filter((date): date is string => date != null).toSorted()
const latest = (...dates: MaybeDate[]): string | undefined => given(...dates).at(-1)
const earliest = (...dates: MaybeDate[]): string | undefined => given(...dates)[0]
