import { readLatest } from './compare.ts'
import { DemoFailure } from './failure.ts'
import type { Minute, VendorDay } from './fixture.ts'
import type { Partner } from './partner.ts'
import type { Phone } from './phone.ts'
import { bar, type Progress, seconds } from './progress.ts'
import type { Receiver } from './receiver.ts'

const PROVIDER = 'fitbit'
const APP_USER_ID = 'pulsewell-demo'

/** What the steps have in common. `deadline` bounds the waiting for webhooks, all of it together. */
export type Run = { interruption: AbortSignal; deadline: AbortSignal; progress: Progress }

/** The person whose week it is. Disposing of them deletes them, so that the next run finds nothing stored. */
export type DemoUser = AsyncDisposable & { id: string; provider: string }

/** What was sent, and how long it took. */
export type Sent = { samples: number; took: string }

export async function awaitPing(receiver: Receiver, { interruption, deadline, progress }: Run): Promise<void> {
  const step = progress.begin('receiver', `waits for the service's ping at ${receiver.url}`)
  const pinged = () => receiver.received.find(({ message }) => message.ping !== undefined)
  await receiver
    .waitFor(() => pinged() !== undefined, AbortSignal.any([interruption, deadline]))
    .catch(() => {
      interruption.throwIfAborted()
      throw new DemoFailure(`No ping came to ${receiver.url}. A service in a container cannot reach it there.`)
    })
  step.done(`listens at ${receiver.url}; the service's ping was answered`)
}

/** Creates the user, without data: one that a killed run left is deleted first. */
export async function createDemoUser(partner: Partner, { progress }: Run): Promise<DemoUser> {
  const step = progress.begin('user', 'is created')
  let id = await partner.createUser(APP_USER_ID)
  if ((await partner.listProviders(id)).length > 0) {
    await partner.deleteUser(id)
    id = await partner.createUser(APP_USER_ID)
  }
  step.done(`${APP_USER_ID} created`)
  return { id, provider: PROVIDER, [Symbol.asyncDispose]: () => partner.deleteUser(id) }
}

export async function sendWeek(phone: Phone, minutes: Minute[], { interruption, progress }: Run): Promise<Sent> {
  const step = progress.begin('samples', bar(0, minutes.length))
  const startedAt = performance.now()
  const batches = await phone.send(minutes, (stored) => {
    interruption.throwIfAborted()
    step.update(bar(stored, minutes.length))
  })
  const took = seconds(startedAt)
  step.done(`${minutes.length} sent in ${batches} batches (${took})`)
  return { samples: minutes.length, took }
}

/** Every day's steps as the API answers them. */
export async function readDays(
  partner: Partner,
  user: DemoUser,
  days: VendorDay[],
  { interruption, progress }: Run,
): Promise<Map<string, number | undefined>> {
  const step = progress.begin('API', 'answers the days')
  const steps = new Map<string, number | undefined>()
  for (const { date } of days) {
    interruption.throwIfAborted()
    steps.set(date, await partner.readSteps(user.id, user.provider, date))
  }
  step.done(`answered ${days.length} days`)
  return steps
}

/**
 * Waits until webhooks have carried every day as the API has it: one that was sent between two batches holds part of a
 * day, and another follows. When they have not by the deadline, the table tells.
 */
export async function awaitDays(
  receiver: Receiver,
  user: DemoUser,
  apiSteps: Map<string, number | undefined>,
  { interruption, deadline, progress }: Run,
): Promise<void> {
  const step = progress.begin('webhooks', bar(0, apiSteps.size))
  const isTold = ([date, steps]: [string, number | undefined]) =>
    steps !== undefined && readLatest(receiver.received, user.provider, date)?.steps === steps
  const countTold = () => [...apiSteps].filter(isTold).length
  const allTold = () => {
    step.update(bar(countTold(), apiSteps.size))
    return countTold() === apiSteps.size
  }
  try {
    await receiver.waitFor(allTold, AbortSignal.any([interruption, deadline]))
    step.done(`carried ${apiSteps.size} days`)
  } catch (error) {
    interruption.throwIfAborted()
    if (!deadline.aborted) throw error
    step.failed(`carried ${countTold()} of ${apiSteps.size} days as the API has them, and no more in time`)
  }
}
