import { z } from 'zod'
import { pageOf, PageQuery } from '../http/paging.ts'
import { DateOnly } from '../http/schemas.ts'
import { ProviderName } from '../providers/providers.ts'
import { daysBetween } from '../zones.ts'
import { backfillReasons } from './ask-for-days.ts'

const MOST_DAYS = 365

export const Backfill = z
  .object({
    id: z.uuid(),
    provider: ProviderName,
    reason: z.enum(backfillReasons),
    status: z
      .enum(['queued', 'running', 'waiting', 'done', 'failed'])
      .describe('`waiting` is for the provider, until `next_attempt_at`; `error` says why.'),
    from: DateOnly,
    to: DateOnly.describe('Days of UTC, both included; the newest is read first.'),
    days_done: z.number().int(),
    days_total: z.number().int(),
    samples: z.number().int().describe('How many the days read so far have, whether they were new or not.'),
    error: z.string().optional(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    next_attempt_at: z.iso.datetime().optional(),
  })
  .meta({ id: 'Backfill' })
export type Backfill = z.infer<typeof Backfill>

export const BackfillPage = pageOf('BackfillPage', Backfill)

export const BackfillsQuery = z.strictObject({ ...PageQuery.shape, provider: ProviderName.optional() })
export type BackfillsQuery = z.infer<typeof BackfillsQuery>

export const NewBackfill = z
  .strictObject({ provider: ProviderName, from: DateOnly, to: DateOnly })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'is before from' })
  .refine(({ from, to }) => daysBetween(from, to) < MOST_DAYS, {
    path: ['to'],
    message: `is more than ${MOST_DAYS} days`,
  })
  .meta({ id: 'NewBackfill' })
export type NewBackfill = z.infer<typeof NewBackfill>
