import { agrees, type ComparedDay } from './compare.ts'
import type { Received } from './receiver.ts'
import type { Sent } from './steps.ts'

export type Result = { days: ComparedDay[]; received: Received[]; unreadable: string[]; sent: Sent }

/** Whether every day agrees, and every webhook could be read and was signed, the ping too. */
export const isGood = ({ days, received, unreadable }: Result): boolean =>
  days.every(agrees) && received.every(({ isSigned }) => isSigned) && unreadable.length === 0

/** A few lines on the whole run. */
export function formatSummary(result: Result, took: string): string {
  const { days, received, unreadable, sent } = result
  const invalid = received.filter(({ isSigned }) => !isSigned).length
  const differing = days.filter((day) => !agrees(day)).length
  const verdict =
    differing > 0
      ? `${differing} of ${days.length} days ${differing === 1 ? 'DIFFERS' : 'DIFFER'}.`
      : `All ${days.length} days agree: vendor, API and webhook.`
  return [
    verdict,
    `${sent.samples} samples sent in ${sent.took}, ${received.length} webhooks received (${countTypes(received)}),`,
    `${invalid === 0 ? 'all signatures valid' : `${invalid} signatures INVALID`}. The demo took ${took}.`,
    ...unreadable.map((reason) => `A webhook could NOT be read: ${reason}`),
  ].join('\n')
}

function countTypes(received: Received[]): string {
  const byType = Map.groupBy(received, ({ message }) => message.meta.type.replace('devices.', ''))
  return [...byType].map(([type, { length }]) => `${length} ${type}`).join(', ')
}
