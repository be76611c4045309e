import { z } from 'zod'
import { UserId } from '../http/schemas.ts'
import { ProviderName } from '../providers/providers.ts'

export const ConnectTokenQuery = z.strictObject({ userId: UserId })

export const ConnectToken = z.object({ token: z.string() }).meta({ id: 'ConnectToken' })

export const ProviderQuery = z.strictObject({ provider: ProviderName })

export const ProviderBody = z.strictObject({ provider: ProviderName }).meta({ id: 'ConnectProvider' })
