import { z } from 'zod'
import type { Context } from '../context.ts'
import { defineTopic } from '../queue/topic.ts'

/** Days of a user changed, and are marked: webhooks are to tell of them. */
export const announceTopic = defineTopic('announce-changes', z.strictObject({ userId: z.uuid() }))

/** Wakes a worker for a user's marked days, once the window for more changes has passed. Call after the commit. */
export function announceLater({ queue, config }: Context, userId: string): void {
  queue.wakeOnce(announceTopic, userId, { userId }, config.webhooks.windowMs)
}
