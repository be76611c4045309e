import { z } from 'zod'
import { UserId } from '../http/schemas.ts'

const MAX_ITEMS = 50_000

/** What the published iOS, Flutter and React Native SDKs post. */
export const ApplePush = z
  .object({
    metriportUserId: UserId,
    data: z.string().describe('JSON: HealthKit identifiers, and what there is of each.'),
    hourly: z
      .boolean()
      .nullish()
      .describe('Whether totals and means are of an hour or of a day; where absent, how close they are says it.'),
  })
  .meta({ id: 'ApplePush' })
export type ApplePush = z.infer<typeof ApplePush>

/** `data`, parsed. The SDKs send `{ error }` to the same address when something fails on the phone. */
export const PushedData = z
  .record(z.string().max(200), z.unknown())
  .refine(
    (data) =>
      Object.values(data).reduce<number>((count, list) => count + (Array.isArray(list) ? list.length : 0), 0) <=
      MAX_ITEMS,
    `has more than ${MAX_ITEMS} items`,
  )

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const source = { sourceName: z.string().max(200).nullish(), sourceId: z.string().max(200).nullish() }

/** A total or a mean of an hour or a day that begins at `date`. */
export const QuantityItem = z.object({ date: instant, value: z.number() })

/** The SDKs name the stages as HealthKit does; what HealthKit calls core sleep is light sleep elsewhere. */
export const pushedStages = {
  inBed: 'in_bed',
  awake: 'awake',
  rem: 'rem',
  core: 'light',
  deep: 'deep',
  asleep: 'asleep',
} as const

export const SleepItem = z.object({
  date: instant,
  endDate: instant,
  type: z.enum(Object.keys(pushedStages) as [keyof typeof pushedStages]),
  ...source,
})

/** `type` is HealthKit's number, `kcal` and `distance` (in meters) are of the whole workout. */
export const WorkoutItem = z.object({
  startTime: instant,
  endTime: instant,
  type: z.number().int(),
  kcal: z.number().nullish(),
  distance: z.number().nullish(),
  ...source,
})

/** `stored` counts what was added or changed; the rest was there already, is not known here, or was refused. */
export const ApplePushResult = z
  .object({
    stored: z.number().int(),
    unchanged: z.number().int(),
    ignored: z.array(z.string()).describe('Identifiers that are not known here.'),
    rejected: z.array(z.object({ field: z.string(), reason: z.string() })),
  })
  .meta({ id: 'ApplePushResult' })
export type ApplePushResult = z.infer<typeof ApplePushResult>
