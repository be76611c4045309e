import type { Context } from '../context.ts'
import { defineHandler } from '../queue/topic.ts'
import { announceTopic } from '../samples/announce-later.ts'
import { announceChanges } from './announce-changes.ts'

/** Of one job's users told of at once: others' jobs run beside it. */
const AT_ONCE = 3

/** Tells of what changed for some users; the sweeper tells of those for whom it failed. */
export const announceJob = defineHandler<Context, { ids: string[] }>({
  topic: announceTopic,
  concurrency: 2,
  run: async (context, { ids }, signal) => {
    const failures: unknown[] = []
    const remaining = ids.values()
    const announce = async () => {
      for (const userId of remaining) {
        if (signal.aborted) return
        await announceChanges(context, userId).catch((error: unknown) => failures.push(error))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, announce))
    if (failures.length > 0) throw new AggregateError(failures, `the changes of ${failures.length} users were not told`)
  },
})
