import { styleText } from 'node:util'
import { agrees, type ComparedDay } from './compare.ts'

const HEADER = ['date', 'vendor', 'API', 'webhook', 'signature', '']
const RIGHT_ALIGNED = new Set([1, 2, 3])

/** The days, a line each, in columns; the last one says whether all of it agrees. */
export function formatTable(days: ComparedDay[], out: NodeJS.WriteStream): string {
  const rows = [HEADER, ...days.map(toCells)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        RIGHT_ALIGNED.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  )
  const [header = '', ...body] = lines
  // Coloured last: escape codes have a length, and no width.
  const coloured = body.map((line, index) => (agrees(days[index]!) ? line : styleText('red', line, { stream: out })))
  return [styleText('bold', header, { stream: out }), ...coloured].join('\n')
}

const number = (value: number | undefined) => (value === undefined ? '-' : String(value))

function toCells(day: ComparedDay): string[] {
  const { date, vendor, api, webhook } = day
  const signature = webhook === undefined ? 'none' : webhook.isSigned ? 'valid' : 'INVALID'
  return [date, number(vendor), number(api), number(webhook?.steps), signature, agrees(day) ? '✔' : 'DIFFERS']
}
