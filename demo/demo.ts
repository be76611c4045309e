import { compareDays } from './compare.ts'
import { Interrupted } from './failure.ts'
import { readWeek, type Week } from './fixture.ts'
import { openPartner } from './partner.ts'
import { openPhone } from './phone.ts'
import { openProgress, type Progress, seconds } from './progress.ts'
import { startReceiver } from './receiver.ts'
import { redirectWebhooks } from './redirect-webhooks.ts'
import { formatSummary, isGood, type Result } from './result.ts'
import { openService, type Service } from './service.ts'
import { awaitDays, awaitPing, createDemoUser, readDays, type Run, sendWeek } from './steps.ts'
import { formatTable } from './table.ts'

/** For the ping and all webhooks together; on an idle machine they take 3 s. */
const WEBHOOK_TIMEOUT_MS = 60_000

/**
 * Takes the week through a service and prints what came of it. Returns whether vendor, API and webhooks agree on every
 * day. Throws DemoFailure, and what `interruption` is aborted with; all that it began is undone either way.
 */
export async function runDemo(
  environment: NodeJS.ProcessEnv,
  replaceWebhook: boolean,
  interruption: AbortSignal,
): Promise<boolean> {
  const startedAt = performance.now()
  const out = process.stdout
  const progress = openProgress(out)
  try {
    const week = await readWeek()
    out.write(`One wearer's week, ${week.days[0]?.date} to ${week.days.at(-1)?.date}, through Pulsewell\n\n`)
    await using service = await openService(environment, progress)
    const run = { interruption, deadline: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS), progress }
    const result = await showWeek(service, week, replaceWebhook, run).catch((error: unknown) =>
      rethrowWithLog(error, service, progress),
    )
    out.write(`\n${formatTable(result.days, out)}\n\n${formatSummary(result, seconds(startedAt))}\n`)
    return isGood(result)
  } finally {
    progress.close()
  }
}

async function showWeek(service: Service, week: Week, replaceWebhook: boolean, run: Run): Promise<Result> {
  run.interruption.throwIfAborted()
  const partner = openPartner(service.url, service.key)
  await using receiver = await startReceiver()
  await using redirection = await redirectWebhooks(partner, receiver.url, replaceWebhook)
  receiver.useKey(redirection.webhookKey)
  await awaitPing(receiver, run)

  await using user = await createDemoUser(partner, run)
  receiver.takeUser(user.id)
  const phone = openPhone(service.url, await partner.mintToken(user.id, user.provider))
  const sent = await sendWeek(phone, week.minutes, run)
  const apiSteps = await readDays(partner, user, week.days, run)
  await awaitDays(receiver, user, apiSteps, run)
  const { received, unreadable } = receiver
  return { days: compareDays(week.days, apiSteps, received, user.provider), received, unreadable, sent }
}

async function rethrowWithLog(error: unknown, { readLog }: Service, progress: Progress): Promise<never> {
  progress.close()
  const log = error instanceof Interrupted ? undefined : await readLog?.()
  if (log) process.stderr.write(`\nThe service's log ends:\n\n${log}\n`)
  throw error
}
