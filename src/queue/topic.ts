import type { z } from 'zod'

/** What jobs of one kind are called and carry: ids only, for state is read again when the job runs. */
export type Topic<Payload = unknown> = { name: string; payload: z.ZodType<Payload> }

/** What a worker does with the jobs of a topic. Idempotent: a job may run twice, or never (a sweeper makes up). */
export type JobHandler<Context, Payload = unknown> = {
  topic: Topic<Payload>
  concurrency: number
  /**
   * A worker that wakes itself (`wakeOnce` without a delay) runs it at once, without a job: a job costs the queue's
   * Postgres 2 ms. Others hear nothing of it; they sweep.
   */
  isLocalFirst?: boolean
  /** `signal` aborts when the process has no time left; the job then leaves its work as it found it. */
  run: (context: Context, payload: Payload, signal: AbortSignal) => Promise<void>
}

export const defineTopic = <Payload>(name: string, payload: z.ZodType<Payload>): Topic<Payload> => ({ name, payload })

/** Types the payload once; a list of handlers is then of one type. */
export function defineHandler<Context, Payload>(handler: JobHandler<Context, Payload>): JobHandler<Context> {
  return {
    ...handler,
    run: (context, payload, signal) => handler.run(context, handler.topic.payload.parse(payload), signal),
  }
}
