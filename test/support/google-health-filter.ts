import type { RecordKind } from './google-health-person.ts'

/** Why a request is refused: a reason of https://developers.google.com/health/reference/rest/v4/errors, 400. */
export class Refusal extends Error {
  readonly reason: string
  readonly status: number
  constructor(reason: string, status = 400) {
    super(reason)
    this.reason = reason
    this.status = status
  }
}

/** What may be filtered by, by record type: https://developers.google.com/health/filters. */
const membersOf: Record<RecordKind, string[]> = {
  interval: ['interval.start_time', 'interval.civil_start_time'],
  sample: ['sample_time.physical_time', 'sample_time.civil_time'],
  daily: ['date'],
  exercise: ['interval.civil_start_time'],
  sleep: ['interval.end_time', 'interval.civil_end_time'],
}

const literals = {
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
  civil: /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/,
  date: /^\d{4}-\d\d-\d\d$/,
}

export type Filter = { member: string; from: number; to: number }

/** Reads an AIP-160 filter, as strictly as the documents have it. Civil literals are read as if they were UTC. */
export function readFilter(text: string, id: string, kind: RecordKind): Filter {
  const filter: Filter = { member: '', from: -Infinity, to: Infinity }
  for (const term of text.split(' AND ')) {
    const [, type, member, operator, literal] = /^([a-z0-9_-]+)\.([a-z_.]+) (>=|<|>|<=|=) "([^"]*)"$/.exec(term) ?? []
    if (operator === undefined) throw new Refusal('INVALID_DATA_POINT_FILTER_SYNTAX')
    if (type !== id.replaceAll('-', '_')) throw new Refusal('INVALID_DATA_POINT_FILTER')
    if (!membersOf[kind].includes(member!)) throw new Refusal('INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER')
    if (operator !== '>=' && operator !== '<') throw new Refusal('INVALID_DATA_POINT_FILTER')
    if (filter.member !== '' && filter.member !== member) throw new Refusal('INVALID_DATA_POINT_FILTER')
    if (!literals[literalOf(member!)].test(literal!)) throw new Refusal('INVALID_FILTER_FORMAT')
    const at = Date.parse(
      literalOf(member!) === 'civil' ? `${literal!.padEnd(11, 'T').padEnd(19, '00:00:00')}Z` : literal!,
    )
    if (operator === '>=') filter.from = at
    else filter.to = at
    filter.member = member!
  }
  return filter
}

const literalOf = (member: string): keyof typeof literals =>
  member === 'date' ? 'date' : member.includes('civil') ? 'civil' : 'instant'

/** The instant, or the civil time as if it were UTC, that a filter on `member` compares. */
export function timeOf(payload: any, member: string): number {
  switch (member) {
    case 'interval.start_time':
      return Date.parse(payload.interval.startTime)
    case 'interval.civil_start_time':
      return civilMs(payload.interval.civilStartTime)
    case 'interval.end_time':
      return Date.parse(payload.interval.endTime)
    case 'interval.civil_end_time':
      return civilMs(payload.interval.civilEndTime)
    case 'sample_time.physical_time':
      return Date.parse(payload.sampleTime.physicalTime)
    case 'sample_time.civil_time':
      return civilMs(payload.sampleTime.civilTime)
    default:
      return civilMs({ date: payload.date })
  }
}

const civilMs = ({ date, time = {} }: any): number =>
  Date.UTC(date.year, date.month - 1, date.day, time.hours ?? 0, time.minutes ?? 0)
