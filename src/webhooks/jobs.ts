import { defineHandler } from '../queue/topic.ts'
import type { Dispatcher } from './dispatcher.ts'
import { deliverTopic } from './emit-event.ts'
import { continueRecovery, recoverTopic } from './recover-deliveries.ts'
import type { DeliveryContext } from './send-attempt.ts'

export type WorkerContext = DeliveryContext & { dispatcher: Dispatcher }

export const deliverJob = defineHandler<WorkerContext, Record<string, never>>({
  topic: deliverTopic,
  concurrency: 1,
  isLocalFirst: true,
  run: async ({ dispatcher }) => dispatcher.wake(),
})

export const recoverJob = defineHandler<WorkerContext, { recoveryId: string }>({
  topic: recoverTopic,
  concurrency: 1,
  run: (context, { recoveryId }, signal) => continueRecovery(context, recoveryId, signal),
})
