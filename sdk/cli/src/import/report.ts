import type { ImportError } from './failures.ts'
import { sumOf, type Tally } from './tally.ts'
import type { Uploaded } from './upload-users.ts'

/** How an import went. */
export type Report = {
  path: string
  url: string
  isDryRun: boolean
  users: Set<string>
  tally: Tally
  uploaded: Uploaded
  failure?: ImportError
  seconds?: number
}

const MAX_LISTED = 40
const MAX_USERS_LISTED = 5

/** Names in a file may hold what moves a terminal's cursor, renames its window, or turns the text around. */
export const printable = (text: string): string => text.replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')

/** For people. */
export function formatReport(report: Report): string {
  const { tally, uploaded } = report
  const read = sumOf(tally.samples)
  const blocks = [
    report.isDryRun
      ? [`${number(read)} samples could be imported; nothing was sent (--dry-run).`]
      : formatUpload(report),
    formatCounts(report.isDryRun ? 'By type:' : 'Read, by type:', tally.samples),
    formatCounts('Not imported, for Pulsewell has no type for them:', tally.unknown),
    formatCounts('Left out:', tally.skipped),
    formatCounts('Refused by the server:', uploaded.refusals),
    [...tally.remarks].slice(0, MAX_LISTED),
  ]
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return printable(`${text.join('\n\n')}\n`)
}

function formatUpload({ path, url, users, uploaded, seconds = 0 }: Report): string[] {
  const { samples, inserted, updated, unchanged, rejectedCount, batches, skipped } = uploaded
  const whom = users.size > MAX_USERS_LISTED ? `${number(users.size)} users` : [...users].join(', ')
  return [
    `${number(samples)} samples of ${path} are at ${url}${whom === '' ? '' : `, of ${whom}`} (${seconds.toFixed(1)} s).`,
    `  ${number(inserted)} new, ${number(updated)} changed, ${number(unchanged)} there already, ${number(rejectedCount)} refused`,
    ...(skipped === 0
      ? []
      : [
          `  ${number(skipped)} of ${number(batches)} batches were sent by an earlier import and not again; --restart sends all of them.`,
        ]),
  ]
}

function formatCounts(title: string, counts: Map<string, number>): string[] {
  if (counts.size === 0) return []
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1])
  const shown = sorted.slice(0, MAX_LISTED)
  const width = Math.max(...shown.map(([, many]) => number(many).length))
  const rest = sorted.length - shown.length
  return [
    title,
    ...shown.map(([name, many]) => `  ${number(many).padStart(width)}  ${name}`),
    ...(rest > 0 ? [`  and ${rest} others; --json lists them all`] : []),
  ]
}

/** For programs: one object. */
export function toJson({ path, url, isDryRun, users, tally, uploaded, failure, seconds = 0 }: Report): string {
  const { refusals, ...figures } = uploaded
  return JSON.stringify({
    path,
    ...(isDryRun ? {} : { url }),
    dry_run: isDryRun,
    users: [...users],
    seconds: Math.round(seconds * 10) / 10,
    uploaded: isDryRun ? null : { ...figures, refusals: Object.fromEntries(refusals) },
    types: Object.fromEntries(tally.samples),
    unknown: Object.fromEntries(tally.unknown),
    left_out: Object.fromEntries(tally.skipped),
    remarks: [...tally.remarks],
    error: failure?.message ?? null,
  })
}

const number = (value: number) => value.toLocaleString('en')
