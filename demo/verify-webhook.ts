import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Webhook } from 'standardwebhooks'

/** Whether both signatures of a webhook hold: that of Standard Webhooks, and that of the Devices API. */
export function isSigned(body: Buffer, headers: IncomingHttpHeaders, webhookKey: string): boolean {
  return isStandardSigned(body, headers, webhookKey) && isDevicesSigned(body, headers, webhookKey)
}

function isStandardSigned(body: Buffer, headers: IncomingHttpHeaders, webhookKey: string): boolean {
  try {
    new Webhook(webhookKey).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}

function isDevicesSigned(body: Buffer, headers: IncomingHttpHeaders, webhookKey: string): boolean {
  const given = Buffer.from(String(headers['x-metriport-signature']))
  const expected = Buffer.from(createHmac('sha256', webhookKey).update(body).digest('hex'))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
