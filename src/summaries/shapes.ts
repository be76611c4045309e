import { z } from 'zod'

/**
 * What is answered for a day. Shapes and names are those of `@metriport/api-sdk` (models/activity, biometrics, body,
 * nutrition, sleep and their parts).
 */

const SourceInfo = z.object({ source_type: z.enum(['DEVICE', 'MANUAL_ENTRY']), name: z.string() })

export const TimedSample = z
  .object({ time: z.string(), value: z.number(), data_source: SourceInfo })
  .meta({ id: 'TimedSample' })
export type TimedSample = z.infer<typeof TimedSample>

/** Raw samples are left out of webhooks that would be too large. */
const Samples = z.array(TimedSample)

/** All may be absent: what a device does not measure is not answered. */
const numbers = <Name extends string>(...names: Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.number()])) as Record<Name, z.ZodNumber>).partial()

const Metadata = z.object({ date: z.string(), source: z.string(), data_source: SourceInfo.optional() })

export const HeartRate = numbers('min_bpm', 'max_bpm', 'avg_bpm', 'resting_bpm')
  .extend({ samples_bpm: Samples.optional() })
  .describe('avg_bpm is the plain mean of the samples.')
  .meta({ id: 'HeartRate' })

const Millis = z.object({ avg_millis: z.number(), samples_millis: Samples }).partial()
const HeartRateVariability = z.object({ rmssd: Millis, sdnn: Millis }).partial().meta({ id: 'HeartRateVariability' })

const Respiration = numbers('vo2_max', 'avg_breaths_per_minute', 'peak_flow_L_min', 'forced_volume_L')
  .extend({
    spo2: numbers('min_pct', 'max_pct', 'avg_pct', 'std_dev').optional(),
    samples_breaths_per_minute: Samples.optional(),
  })
  .meta({ id: 'Respiration' })

const Celsius = z.object({ avg_celcius: z.number(), samples_celcius: Samples }).partial()
const Temperature = z.object({ core: Celsius, skin: Celsius }).partial().meta({ id: 'Temperature' })

const ActivityDurations = numbers('active_seconds').meta({ id: 'ActivityDurations' })
const EnergyExpenditure = numbers('active_kcal', 'basal_metabolic_rate_kcal', 'avg_watts').meta({
  id: 'EnergyExpenditure',
})
const ActivityMovement = numbers('steps_count', 'floors_count', 'avg_cadence', 'distance_meters')
  .extend({ elevation: numbers('gain_meters').optional(), speed: numbers('max_km_h', 'avg_km_h').optional() })
  .meta({ id: 'ActivityMovement' })

const ActivityBiometrics = z
  .object({ heart_rate: HeartRate, hrv: HeartRateVariability, respiration: Respiration })
  .partial()

const ActivityParts = z
  .object({
    durations: ActivityDurations,
    energy_expenditure: EnergyExpenditure,
    movement: ActivityMovement,
    biometrics: ActivityBiometrics,
  })
  .partial()

export const ActivityLog = ActivityParts.extend({
  metadata: Metadata,
  name: z.string(),
  type: z.string(),
  start_time: z.string(),
  end_time: z.string(),
}).meta({ id: 'ActivityLog' })
export type ActivityLog = z.infer<typeof ActivityLog>

export const Activity = z
  .object({
    metadata: Metadata,
    summary: ActivityParts.optional(),
    activity_logs: z.array(ActivityLog).optional(),
  })
  .meta({ id: 'Activity' })

export const Biometrics = z
  .object({
    metadata: Metadata,
    blood_glucose: z.object({ avg_mg_dL: z.number().optional(), samples_mg_dL: Samples.optional() }).optional(),
    blood_pressure: z
      .object({
        diastolic_mm_Hg: z.object({ samples: Samples.optional() }),
        systolic_mm_Hg: z.object({ samples: Samples.optional() }),
      })
      .partial()
      .optional(),
    heart_rate: HeartRate.optional(),
    hrv: HeartRateVariability.optional(),
    perfusion_index_pct: z.number().optional(),
    respiration: Respiration.optional(),
    temperature: Temperature.optional(),
  })
  .meta({ id: 'Biometrics' })

export const Body = numbers('body_fat_pct', 'height_cm', 'weight_kg', 'bone_mass_kg', 'muscle_mass_kg', 'lean_mass_kg')
  .extend({ metadata: Metadata, weight_samples_kg: Samples.optional() })
  .meta({ id: 'Body' })

const macros =
  'alcohol_g carbs_g cholesterol_mg energy_kcal fat_g fiber_g protein_g sodium_mg sugar_g trans_fat_g water_ml'
const micros =
  'biotin_mg caffeine_mg calcium_mg copper_mg folate_mg folic_acid_mg iodine_mg iron_mg magnesium_mg manganese_mg ' +
  'phosphorus_mg potassium_mg selenium_mg vitamin_A_mg vitamin_B1_mg vitamin_B2_mg vitamin_B3_mg vitamin_B5_mg ' +
  'vitamin_B6_mg vitamin_B12_mg vitamin_C_mg vitamin_D_mg vitamin_E_mg vitamin_K_mg zinc_mg'
const aminos =
  'alanine_g arginine_g asparagine_g aspartic_acid_g cysteine_g glutamine_g glutamic_acid_g glycine_g histidine_g ' +
  'isoleucine_g leucine_g lysine_g methionine_g phenylalanine_g proline_g serine_g threonine_g tryptophan_g ' +
  'tyrosine_g valine_g'

export const Nutrition = z
  .object({
    metadata: Metadata,
    summary: z
      .object({
        macros: numbers(...macros.split(' ')),
        micros: numbers(...micros.split(' ')),
        aminos: numbers(...aminos.split(' ')),
      })
      .partial()
      .optional(),
  })
  .meta({ id: 'Nutrition' })

export const SleepDurations = numbers(
  'total_seconds',
  'awake_seconds',
  'deep_seconds',
  'rem_seconds',
  'light_seconds',
  'in_bed_seconds',
  'time_to_fall_asleep_seconds',
  'no_data_seconds',
).meta({ id: 'SleepDurations' })
export type SleepDurations = z.infer<typeof SleepDurations>

export const Sleep = z
  .object({
    metadata: Metadata,
    start_time: z.string().optional(),
    end_time: z.string().optional(),
    durations: SleepDurations.optional(),
    biometrics: z
      .object({ heart_rate: HeartRate, hrv: HeartRateVariability, respiration: Respiration, temperature: Temperature })
      .partial()
      .optional(),
    wakeup_frequency: z.number().int().optional().describe('How often the sleeper woke up.'),
  })
  .meta({ id: 'Sleep' })

/** The shapes by the name under which webhooks and the paths of sample types have them. */
export const shapes = { activity: Activity, biometrics: Biometrics, body: Body, nutrition: Nutrition, sleep: Sleep }
export type ShapeName = keyof typeof shapes
export const shapeNames = Object.keys(shapes) as ShapeName[]
