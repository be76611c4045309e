import { z } from 'zod'
import { text } from '../http/schemas.ts'

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
