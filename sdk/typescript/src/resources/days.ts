import type { Activity, ActivitySources, Biometrics, Body, Nutrition, Sleep } from '../generated/schemas.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'

export type DayParameters = {
  userId: string
  /** `YYYY-MM-DD`. */
  date: string
  /** Whose day it is, such as `America/Los_Angeles`; a day of UTC by default. */
  timezoneId?: string
}

/** What is known of a user on a day: an element for each connected provider that has data then. */
export class Days {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  activity(day: DayParameters, options?: RequestOptions): Promise<Activity[]> {
    return this.#read('/activity', day, options)
  }

  biometrics(day: DayParameters, options?: RequestOptions): Promise<Biometrics[]> {
    return this.#read('/biometrics', day, options)
  }

  body(day: DayParameters, options?: RequestOptions): Promise<Body[]> {
    return this.#read('/body', day, options)
  }

  nutrition(day: DayParameters, options?: RequestOptions): Promise<Nutrition[]> {
    return this.#read('/nutrition', day, options)
  }

  /** The night belongs to the day on which the sleeper wakes up. */
  sleep(day: DayParameters, options?: RequestOptions): Promise<Sleep[]> {
    return this.#read('/sleep', day, options)
  }

  /** Which device each total of `activity` came from, and what each counted. */
  sources(day: DayParameters, options?: RequestOptions): Promise<ActivitySources[]> {
    return this.#read('/activity/sources', day, options)
  }

  #read<Answer>(path: string, { userId, date, timezoneId }: DayParameters, options?: RequestOptions): Promise<Answer> {
    return this.#transport.send({ method: 'GET', path, query: { userId, date, timezoneId }, ...options })
  }
}
