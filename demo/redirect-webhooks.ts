import { DemoFailure } from './failure.ts'
import { Refusal } from './http.ts'
import type { Partner } from './partner.ts'

/** Where the account's webhooks go now. Disposing of it sends them where they went before. */
export type Redirection = AsyncDisposable & { webhookKey: string }

/**
 * Makes the account's webhooks go to `url`. Throws DemoFailure when they go somewhere already, unless
 * `replaceWebhook`: the URL can be given back, the key cannot.
 */
export async function redirectWebhooks(partner: Partner, url: string, replaceWebhook: boolean): Promise<Redirection> {
  const { webhookUrl: before } = await partner.readSettings().catch(explainKey)
  if (before !== null && !replaceWebhook) throw wouldReplace(before)
  const { webhookKey } = await partner.sendWebhooksTo(url).catch(explainAddress)
  if (webhookKey === null) throw new DemoFailure('POST /settings answered no webhookKey.')
  return {
    webhookKey,
    [Symbol.asyncDispose]: async () => {
      await partner.sendWebhooksTo(before ?? '')
      if (before !== null) {
        process.stdout.write(`\nWebhooks go to ${before} again, signed with a new key: GET /settings shows it.\n`)
      }
    },
  }
}

const wouldReplace = (url: string) =>
  new DemoFailure(
    `This account sends its webhooks to ${url}.
The demo would have them sent to itself for a few seconds. It can give the URL back, but not the key they are signed
with: each POST /settings makes a new one, and that receiver would refuse every webhook until it had the new key.

If that does no harm here:  npm run demo -- --replace-webhook
If it does: use the key of another account or of the sandbox, or stop the service; the demo then starts one of its own.`,
    2,
  )

function explainKey(error: unknown): never {
  if (!(error instanceof Refusal) || (error.status !== 401 && error.status !== 403)) throw error
  throw new DemoFailure(
    `The service does not take the key in PULSEWELL_KEY or BOOTSTRAP_SECRET_KEY.\n${error.message}`,
    2,
  )
}

function explainAddress(error: unknown): never {
  if (!(error instanceof Refusal) || error.status !== 400) throw error
  throw new DemoFailure(
    `The service does not send webhooks to this machine, where the demo receives them. Start it with
WEBHOOK_ALLOW_HTTP=true and WEBHOOK_ALLOW_CIDRS=127.0.0.0/8, or stop it: the demo then starts one of its own.
${error.message}`,
    2,
  )
}
