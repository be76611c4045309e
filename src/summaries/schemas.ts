import { z } from 'zod'
import { DateOnly, text, UserId, ZoneName } from '../http/schemas.ts'
import { deviceKinds } from '../samples/device-kinds.ts'
import { UTC } from '../zones.ts'

export const DayQuery = z.strictObject({
  userId: UserId,
  date: DateOnly.describe('A day, YYYY-MM-DD.'),
  timezoneId: ZoneName.default(UTC).describe('The zone whose day it is; UTC where absent.'),
})
export type DayQuery = z.infer<typeof DayQuery>

const MAX_PRIORITY = 100

export const SourcePriority = z
  .strictObject({
    priority: z
      .array(text(200))
      .max(MAX_PRIORITY)
      .refine((names) => new Set(names).size === names.length, 'names something twice')
      .describe(
        `Names of devices, or kinds (${deviceKinds.join(', ')}), best first. What is not named follows in the order ` +
          'of kinds. Empty restores the default.',
      ),
  })
  .meta({ id: 'SourcePriority' })

export const UserZone = z
  .strictObject({ timezoneId: ZoneName.nullable().describe('Whose days webhooks tell of; null for UTC.') })
  .meta({ id: 'UserZone' })

const LostTo = z.object({ device_name: z.string(), value: z.number() })

/** Where a day's merged totals come from. */
export const ActivitySources = z
  .object({
    metadata: z.object({ date: z.string(), source: z.string() }),
    types: z.array(
      z.object({
        data_type: z.string(),
        unit: z.string(),
        total: z.number(),
        devices: z
          .array(
            z.object({
              device_name: z.string(),
              kind: z.enum([...deviceKinds, 'merged']),
              counted: z.number().describe('What the device counted on that day.'),
              used: z.number().describe('What of it is in the total.'),
              lost: z.array(LostTo).describe('What a better device had counted already, and which.'),
            }),
          )
          .describe('Best first. `merged` is what the platform had merged itself: it is never added to the others.'),
      }),
    ),
  })
  .meta({ id: 'ActivitySources' })
export type ActivitySources = z.infer<typeof ActivitySources>
