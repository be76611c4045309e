import type { VendorDay } from './fixture.ts'
import type { Received } from './receiver.ts'

/** What the latest webhook said of a day. */
type WebhookDay = { steps: number | undefined; isSigned: boolean }

/** One day as the vendor, the API and the webhook have it; undefined where one has nothing. */
export type ComparedDay = {
  date: string
  vendor: number
  api: number | undefined
  webhook: WebhookDay | undefined
}

export const agrees = ({ vendor, api, webhook }: ComparedDay): boolean =>
  api === vendor && webhook?.steps === vendor && webhook.isSigned

export function compareDays(
  days: VendorDay[],
  apiSteps: Map<string, number | undefined>,
  received: Received[],
  provider: string,
): ComparedDay[] {
  return days.map(({ date, steps }) => ({
    date,
    vendor: steps,
    api: apiSteps.get(date),
    webhook: readLatest(received, provider, date),
  }))
}

/** Webhooks may come in any order, and one sent between two batches holds part of a day: the youngest `when` counts. */
export function readLatest(received: Received[], provider: string, date: string): WebhookDay | undefined {
  const told = received.flatMap(({ message: { meta, users }, isSigned }) =>
    users
      .flatMap((user) => user.activity)
      .filter(({ metadata }) => metadata.date === date && metadata.source === provider)
      .map(({ summary }) => ({ when: Date.parse(meta.when), steps: summary?.movement?.steps_count, isSigned })),
  )
  return told.toSorted((a, b) => a.when - b.when).at(-1)
}
