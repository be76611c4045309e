import { z } from 'zod'
import { DateOnly, text, UserId, ZoneName } from '../http/schemas.ts'

export const NewUser = z.strictObject({ appUserId: text(255).describe("The app's own id for the person.") })

export const CreatedUser = z.object({ userId: z.uuid() }).meta({ id: 'CreatedUser' })

/** The wire format of the published client; its field names stay. */
export const ConnectedUsers = z
  .object({
    connectedUsers: z.array(
      z.object({
        metriportUserId: z.uuid(),
        appUserId: z.string(),
        connectedProviders: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'ConnectedUsers' })
export type ConnectedUsers = z.infer<typeof ConnectedUsers>

export const ConnectedProviders = z
  .object({ connectedProviders: z.array(z.string()) })
  .meta({ id: 'ConnectedProviders' })

export const UserQuery = z
  .strictObject({ userId: UserId.optional(), date: DateOnly.optional(), timezoneId: ZoneName.optional() })
  .refine(({ userId, date }) => userId === undefined || date !== undefined, { path: ['date'], message: 'is missing' })
  .refine(({ userId, date }) => date === undefined || userId !== undefined, { path: ['userId'], message: 'is missing' })

/** What a provider tells of the person. Providers that push nothing but samples tell nothing else. */
export const User = z.object({ metadata: z.object({ date: z.string(), source: z.string() }) }).meta({ id: 'User' })
export type User = z.infer<typeof User>
