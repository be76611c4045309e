import { z } from 'zod'
import type { Context } from '../context.ts'
import { defineTopic } from '../queue/topic.ts'

/** Days of these users changed, and are marked: webhooks are to tell of them. */
export const announceTopic = defineTopic('announce-changes', z.strictObject({ ids: z.array(z.uuid()) }))

/** Wakes a worker for a user's marked days, once the window for more changes has passed. Call after the commit. */
export function announceLater({ queue, config }: Context, userId: string): void {
  queue.wakeTogether(announceTopic, userId, config.webhooks.windowMs)
}
