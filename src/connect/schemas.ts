import { z } from 'zod'
import { text, UserId } from '../http/schemas.ts'
import { ProviderName } from '../providers/providers.ts'

export const ConnectTokenQuery = z.strictObject({ userId: UserId })

export const ConnectToken = z.object({ token: z.string() }).meta({ id: 'ConnectToken' })

export const ProviderQuery = z.strictObject({ provider: ProviderName })

/** Providers whose devices are connected by their ids, not by somebody's consent in a browser. */
const RpmProvider = z.enum(['tenovi'])
const MAX_RPM_DEVICES = 50

export const RpmParams = z.strictObject({ provider: RpmProvider })

export const RpmDevicesQuery = z.strictObject({
  token: z.string().max(200).describe('A connect token of the user.'),
  deviceIds: z
    .string()
    .max(10_000)
    .transform((ids) => [...new Set(ids.split(',').map((id) => id.trim()))])
    .pipe(z.array(text(100)).min(1).max(MAX_RPM_DEVICES))
    .describe('Ids of devices, separated by commas.'),
  deviceUserId: text(200).describe('Whom the provider knows the wearer as.'),
})

export const RpmDeviceQuery = z.strictObject({ provider: RpmProvider, deviceId: text(100) })

export const RevokeQuery = z.strictObject({ userId: UserId, provider: ProviderName })

export const ProviderBody = z.strictObject({ provider: ProviderName }).meta({ id: 'ConnectProvider' })

export const ProviderParams = z.strictObject({ provider: ProviderName })

/** As providers send it: with `iss`, `scope` and more beside it. One that is there twice is judged later. */
const parameter = z.union([z.string(), z.array(z.string())]).optional()
export const CallbackQuery = z.looseObject({ state: parameter, code: parameter, error: parameter })
