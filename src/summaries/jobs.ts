import type { Context } from '../context.ts'
import { defineHandler } from '../queue/topic.ts'
import { announceTopic } from '../samples/announce-later.ts'
import { announceAll } from './announce-changes.ts'

/** Tells of what changed for some users; the sweeper tells of those for whom it failed. */
export const announceJob = defineHandler<Context, { ids: string[] }>({
  topic: announceTopic,
  concurrency: 4,
  run: async (context, { ids }, signal) => {
    const failures = await announceAll(context, ids, signal)
    if (failures.length > 0) throw new AggregateError(failures, `the changes of ${failures.length} users were not told`)
  },
})
