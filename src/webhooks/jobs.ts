import { defineHandler } from '../queue/topic.ts'
import { attemptDelivery, type DeliveryContext } from './attempt-delivery.ts'
import { deliverTopic } from './emit-event.ts'

export const deliverJob = defineHandler<DeliveryContext, { deliveryId: string }>({
  topic: deliverTopic,
  concurrency: 50,
  run: (context, { deliveryId }, signal) => attemptDelivery(context, deliveryId, signal),
})
