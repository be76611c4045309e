import type { Context } from '../context.ts'
import { defineHandler } from '../queue/topic.ts'
import { announceTopic } from '../samples/announce-later.ts'
import { announceChanges } from './announce-changes.ts'

export const announceJob = defineHandler<Context, { userId: string }>({
  topic: announceTopic,
  concurrency: 4,
  run: (context, { userId }) => announceChanges(context, userId),
})
