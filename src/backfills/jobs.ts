import type { Context } from '../context.ts'
import { defineHandler } from '../queue/topic.ts'
import { backfillTopic } from './ask-for-days.ts'
import type { Backfiller } from './backfiller.ts'

export type BackfillContext = Context & { backfiller: Backfiller }

export const backfillJob = defineHandler<BackfillContext, Record<string, never>>({
  topic: backfillTopic,
  concurrency: 1,
  isLocalFirst: true,
  run: async ({ backfiller }) => backfiller.wake(),
})

/** Takes up what no job asked for: it was lost, or its process died. */
export const sweepBackfills = async ({ backfiller }: BackfillContext): Promise<void> => backfiller.wake()
