import { z } from 'zod'
import { DateOnly, UserId } from '../http/schemas.ts'

/** Shapes and names are those of `@metriport/api-sdk` (models/activity, models/biometrics and their parts). */

export const DayQuery = z.strictObject({
  userId: UserId,
  date: DateOnly.describe('A UTC day, YYYY-MM-DD.'),
})

const SourceInfo = z.object({ source_type: z.enum(['DEVICE', 'MANUAL_ENTRY']), name: z.string() })

const TimedSample = z.object({ time: z.string(), value: z.number(), data_source: SourceInfo })
export type TimedSample = z.infer<typeof TimedSample>

export const HeartRate = z
  .object({
    min_bpm: z.number(),
    max_bpm: z.number(),
    avg_bpm: z.number().describe('The plain mean of the samples.'),
    samples_bpm: z.array(TimedSample).optional().describe('Left out of webhooks that would be too large.'),
  })
  .meta({ id: 'HeartRate' })
export type HeartRate = z.infer<typeof HeartRate>

const Metadata = z.object({ date: z.string(), source: z.string() })

export const Activity = z
  .object({
    metadata: Metadata,
    summary: z.object({
      movement: z.object({ steps_count: z.number() }).optional(),
      biometrics: z.object({ heart_rate: HeartRate }).optional(),
    }),
  })
  .meta({ id: 'Activity' })
export type Activity = z.infer<typeof Activity>

export const Biometrics = z.object({ metadata: Metadata, heart_rate: HeartRate.optional() }).meta({ id: 'Biometrics' })
export type Biometrics = z.infer<typeof Biometrics>
