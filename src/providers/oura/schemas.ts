import { z } from 'zod'

/**
 * What is read of Oura's documents: the schemas of the OpenAPI document of the API v2 (1.29, and 1.37 as reported since),
 * by the names they have there. Strict in what is read, blind to the rest: documents grow from version to version.
 */

/** `ISODate`: a day of the person's own calendar. */
const Day = z.iso.date()
/** `LocalizedDateTime`: with the offset of where the person was. */
const Moment = z.iso.datetime({ offset: true })

/** `PublicSample`: a value every `interval` seconds from `timestamp`; null where the ring missed it. */
export const Series = z.object({
  interval: z.number().positive(),
  items: z.array(z.number().nullable()).max(100_000),
  timestamp: Moment,
})
export type Series = z.infer<typeof Series>

/** `PublicModifiedSleepModel`. Every character of the phases is 1 deep, 2 light, 3 REM or 4 awake. */
export const Sleep = z.object({
  day: Day,
  type: z.string().nullish(),
  bedtime_start: Moment,
  bedtime_end: Moment,
  sleep_phase_30_sec: z.string().max(100_000).nullish(),
  sleep_phase_5_min: z.string().max(10_000).nullish(),
  heart_rate: Series.nullish(),
  hrv: Series.nullish(),
  average_breath: z.number().nullish(),
  lowest_heart_rate: z.number().nullish(),
})
export type Sleep = z.infer<typeof Sleep>

/** `PublicDailyActivity`: 24 hours from 4 a.m.; energy in kcal, times in seconds. */
export const DailyActivity = z.object({
  day: Day,
  timestamp: Moment,
  steps: z.number(),
  active_calories: z.number(),
  total_calories: z.number(),
  equivalent_walking_distance: z.number(),
  high_activity_time: z.number(),
  medium_activity_time: z.number(),
})
export type DailyActivity = z.infer<typeof DailyActivity>

/** `PublicDailySpO2`: the mean of a night, in per cent. */
export const DailySpo2 = z.object({ day: Day, spo2_percentage: z.object({ average: z.number() }).nullish() })
export type DailySpo2 = z.infer<typeof DailySpo2>

/** `PublicWorkout`: kcal and metres. `activity` is any word, not one of a list. */
export const Workout = z.object({
  activity: z.string(),
  start_datetime: Moment,
  end_datetime: Moment,
  calories: z.number().nullish(),
  distance: z.number().nullish(),
})
export type Workout = z.infer<typeof Workout>

/** `PublicVO2Max` */
export const Vo2Max = z.object({ timestamp: Moment, vo2_max: z.number() })

/** `PublicHeartRateRow` */
export const HeartRate = z.object({ timestamp: Moment, bpm: z.number() })
export type HeartRate = z.infer<typeof HeartRate>

export const PersonalInfo = z.object({ id: z.string().min(1).max(200) })

/** `WebhookSubscriptionModel` */
export const Subscriptions = z.array(
  z.object({
    id: z.string().regex(/^[\w-]{1,100}$/),
    callback_url: z.string(),
    event_type: z.string(),
    data_type: z.string(),
    expiration_time: z.string(),
  }),
)

/** The body of a push, by "Webhook Subscription Routes", "Step 4". */
export const PushedEvent = z.object({
  event_type: z.enum(['create', 'update', 'delete']),
  data_type: z.string().max(100),
  event_time: Moment,
  user_id: z.string().min(1).max(200),
})
export type PushedEvent = z.infer<typeof PushedEvent>
