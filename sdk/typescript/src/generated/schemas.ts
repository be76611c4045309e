// Written by `npm run openapi` from openapi/openapi.json: do not edit.

export type DataType = 'steps' | 'bpm'
export type AnyDataType =
  | 'steps'
  | 'distance'
  | 'floors'
  | 'elevation_gain'
  | 'active_energy'
  | 'basal_energy'
  | 'exercise_time'
  | 'speed'
  | 'cadence'
  | 'power'
  | 'bpm'
  | 'resting_bpm'
  | 'hrv_sdnn'
  | 'hrv_rmssd'
  | 'spo2'
  | 'respiratory_rate'
  | 'vo2_max'
  | 'peak_flow'
  | 'forced_volume'
  | 'perfusion_index'
  | 'body_temperature'
  | 'skin_temperature'
  | 'blood_pressure_systolic'
  | 'blood_pressure_diastolic'
  | 'blood_glucose'
  | 'weight'
  | 'height'
  | 'body_fat'
  | 'lean_mass'
  | 'bone_mass'
  | 'muscle_mass'
  | 'alcohol'
  | 'carbs'
  | 'fat'
  | 'fiber'
  | 'protein'
  | 'sugar'
  | 'trans_fat'
  | 'cholesterol'
  | 'sodium'
  | 'energy_intake'
  | 'water'
  | 'biotin'
  | 'caffeine'
  | 'calcium'
  | 'copper'
  | 'folate'
  | 'folic_acid'
  | 'iodine'
  | 'iron'
  | 'magnesium'
  | 'manganese'
  | 'phosphorus'
  | 'potassium'
  | 'selenium'
  | 'vitamin_a'
  | 'vitamin_b1'
  | 'vitamin_b2'
  | 'vitamin_b3'
  | 'vitamin_b5'
  | 'vitamin_b6'
  | 'vitamin_b12'
  | 'vitamin_c'
  | 'vitamin_d'
  | 'vitamin_e'
  | 'vitamin_k'
  | 'zinc'
  | 'alanine'
  | 'arginine'
  | 'asparagine'
  | 'aspartic_acid'
  | 'cysteine'
  | 'glutamine'
  | 'glutamic_acid'
  | 'glycine'
  | 'histidine'
  | 'isoleucine'
  | 'leucine'
  | 'lysine'
  | 'methionine'
  | 'phenylalanine'
  | 'proline'
  | 'serine'
  | 'threonine'
  | 'tryptophan'
  | 'tyrosine'
  | 'valine'
  | 'workout_energy'
  | 'workout_distance'
  | 'sleep'
  | 'workout'
export type Provider =
  'apple' | 'cronometer' | 'dexcom' | 'fitbit' | 'garmin' | 'google' | 'oura' | 'tenovi' | 'whoop' | 'withings'

export interface TokenRequest {
  grant_type: string
  refresh_token?: string
}
export interface Sample {
  /**
   * A unique device name, such as iPhone or Apple Watch.
   */
  device_name: string
  device_version?: string
  /**
   * ISO 8601 with an offset or Z.
   */
  start_date: string
  /**
   * Not earlier than start_date, and at most 7 days after it; start_date where absent.
   */
  end_date?: string
  value: number
  unit: 'count' | 'count/min' | 'count/s'
}
export interface MeasuredSample {
  /**
   * A unique device name, such as iPhone or Apple Watch.
   */
  device_name: string
  device_version?: string
  /**
   * ISO 8601 with an offset or Z.
   */
  start_date: string
  /**
   * Not earlier than start_date, and at most 7 days after it; start_date where absent.
   */
  end_date?: string
  value: number
  unit:
    | 'count'
    | 'm'
    | 'km'
    | 'kcal'
    | 'kJ'
    | 's'
    | 'min'
    | 'km/h'
    | 'm/s'
    | 'count/min'
    | 'W'
    | 'count/s'
    | 'ms'
    | '%'
    | 'mL/min/kg'
    | 'L/min'
    | 'L'
    | 'degC'
    | 'degF'
    | 'mmHg'
    | 'mg/dL'
    | 'mmol/L'
    | 'kg'
    | 'g'
    | 'lb'
    | 'cm'
    | 'in'
    | 'mg'
    | 'ug'
    | 'mL'
  /**
   * Which of several devices that counted the same is believed. Guessed from the name where absent.
   */
  device_type?: 'watch' | 'band' | 'ring' | 'phone' | 'other'
}
export interface IntervalSample {
  /**
   * A unique device name, such as iPhone or Apple Watch.
   */
  device_name: string
  device_version?: string
  /**
   * ISO 8601 with an offset or Z.
   */
  start_date: string
  /**
   * Which of several devices that counted the same is believed. Guessed from the name where absent.
   */
  device_type?: 'watch' | 'band' | 'ring' | 'phone' | 'other'
  end_date: string
  kind:
    | 'in_bed'
    | 'asleep'
    | 'awake'
    | 'light'
    | 'deep'
    | 'rem'
    | 'american_football'
    | 'archery'
    | 'australian_football'
    | 'badminton'
    | 'baseball'
    | 'basketball'
    | 'bowling'
    | 'boxing'
    | 'climbing'
    | 'cricket'
    | 'cross_training'
    | 'curling'
    | 'cycling'
    | 'dance'
    | 'dance_inspired_training'
    | 'elliptical'
    | 'equestrian_sports'
    | 'fencing'
    | 'fishing'
    | 'functional_strength_training'
    | 'golf'
    | 'gymnastics'
    | 'handball'
    | 'hiking'
    | 'hockey'
    | 'hunting'
    | 'lacrosse'
    | 'martial_arts'
    | 'mind_and_body'
    | 'mixed_metabolic_cardio_training'
    | 'paddle_sports'
    | 'play'
    | 'preparation_and_recovery'
    | 'racquetball'
    | 'rowing'
    | 'rugby'
    | 'running'
    | 'sailing'
    | 'skating_sports'
    | 'snow_sports'
    | 'soccer'
    | 'softball'
    | 'squash'
    | 'stair_climbing'
    | 'surfing_sports'
    | 'swimming'
    | 'table_tennis'
    | 'tennis'
    | 'track_and_field'
    | 'traditional_strength_training'
    | 'volleyball'
    | 'walking'
    | 'water_fitness'
    | 'water_polo'
    | 'water_sports'
    | 'wrestling'
    | 'yoga'
    | 'barre'
    | 'core_training'
    | 'cross_country_skiing'
    | 'downhill_skiing'
    | 'flexibility'
    | 'high_intensity_interval_training'
    | 'jump_rope'
    | 'kickboxing'
    | 'pilates'
    | 'snowboarding'
    | 'stairs'
    | 'step_training'
    | 'wheelchair_walk_pace'
    | 'wheelchair_run_pace'
    | 'tai_chi'
    | 'mixed_cardio'
    | 'hand_cycling'
    | 'disc_sports'
    | 'fitness_gaming'
    | 'cardio_dance'
    | 'social_dance'
    | 'pickleball'
    | 'cooldown'
    | 'swim_bike_run'
    | 'transition'
    | 'underwater_diving'
    | 'other'
}
export interface SampleBatch {
  data_type: DataType
  /**
   * @minItems 3
   * @maxItems 1000
   */
  data: Sample[]
}
export interface AnySampleBatch {
  data_type: AnyDataType
  /**
   * @minItems 1
   * @maxItems 1000
   */
  data: (MeasuredSample | IntervalSample)[]
}
export interface ApplePush {
  /**
   * The user's id, as POST /user answered it.
   */
  metriportUserId: string
  /**
   * JSON: HealthKit identifiers, and what there is of each.
   */
  data: string
  /**
   * Whether totals and means are of an hour or of a day; where absent, how close they are says it.
   */
  hourly?: boolean | null
}
export interface ConnectProvider {
  provider: Provider
}
export interface NewBackfill {
  provider: Provider
  from: string
  to: string
}
export interface ColumnBatch {
  data_type: AnyDataType
  /**
   * Of all values; intervals have none.
   */
  unit?: string
  /**
   * @minItems 1
   * @maxItems 100
   */
  devices: {
    name: string
    version?: string
    /**
     * Which of several devices that counted the same is believed. Guessed from the name where absent.
     */
    type?: 'watch' | 'band' | 'ring' | 'phone' | 'other'
  }[]
  /**
   * What offsets count from: ISO 8601 with an offset or Z.
   */
  start: string
  /**
   * Where each sample starts: whole ms from `start`.
   *
   * @maxItems 1000
   */
  offsets: number[]
  /**
   * How long each sample lasts, or one number for all: whole ms. 0 where absent.
   */
  durations?: number | number[]
  /**
   * Which of `devices` recorded each sample; the first where absent.
   *
   * @maxItems 1000
   */
  device?: number[]
  /**
   * What each sample measured, in `unit`.
   *
   * @maxItems 1000
   */
  values?: number[]
  /**
   * Of intervals, in place of values: what each was.
   *
   * @maxItems 1000
   */
  kinds?: string[]
}
export interface ConnectSettings {
  /**
   * Where the widget may send browsers: redirectUrl and failRedirectUrl have to be of one of them.
   *
   * @maxItems 50
   */
  redirectOrigins: string[]
}
export interface SampleRange {
  data_type: DataType
  device_name?: string
  start: string
  end: string
}
export interface AnySampleRange {
  data_type: AnyDataType
  device_name?: string
  start: string
  end: string
}
export interface NewStudy {
  name: string
  status?: 'draft'
  /**
   * The first day whose data belong to the study; null: any.
   */
  start_date?: string | null
  /**
   * The last; null: any.
   */
  end_date?: string | null
}
export interface StudyChange {
  name?: string
  status?: 'draft' | 'active' | 'closed'
  /**
   * The first day whose data belong to the study; null: any.
   */
  start_date?: string | null
  /**
   * The last; null: any.
   */
  end_date?: string | null
}
export interface NewBattery {
  name: string
  /**
   * @maxItems 100
   */
  tasks?: {
    id: string
    name: string
    duration_seconds: number
  }[]
}
export interface BatteryChange {
  name?: string
  /**
   * @maxItems 100
   */
  tasks?: {
    id: string
    name: string
    duration_seconds: number
  }[]
}
export interface NewParticipant {
  study_id: number
  /**
   * Unique in the study; where it is left out, P001 and so on.
   */
  participant_id?: string
  /**
   * A user that is there already, once in a study; else one is created.
   */
  user_id?: string
  /**
   * Of the user, in every study and API.
   */
  email?: string | null
  status?: 'invited'
}
export interface ParticipantChange {
  status?: 'invited' | 'screening' | 'enrolled' | 'completed' | 'withdrawn'
  /**
   * Of the user, in every study and API.
   */
  email?: string | null
}
export interface NewSession {
  participant_id: string
  /**
   * Needed where several studies have a participant of this id.
   */
  study_id?: number
  battery_id: string
  status?: 'scheduled'
  scheduled_at?: string | null
}
export interface SessionChange {
  status?: 'scheduled' | 'in_progress' | 'completed' | 'cancelled'
  scheduled_at?: string | null
  results?:
    | (
        | {
            [k: string]: unknown
          }
        | unknown[]
      )
    | null
}
export interface SourcePriority {
  /**
   * Names of devices, or kinds (watch, band, ring, phone, other), best first. What is not named follows in the order of kinds. Empty restores the default.
   *
   * @maxItems 100
   */
  priority: string[]
}
export interface UserZone {
  /**
   * Whose days webhooks tell of; null for UTC.
   */
  timezoneId: string | null
}
export interface WebhookResend {
  /**
   * This endpoint alone.
   */
  endpoint_id?: string
}
export interface NewWebhookEndpoint {
  /**
   * An https URL at a public address.
   */
  url: string
  /**
   * @minItems 1
   * @maxItems 50
   */
  events: string[]
  /**
   * `event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it.
   */
  format?: 'event' | 'devices'
  /**
   * `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; made where it is left out.
   */
  secret?: string
  description?: string | null
  enabled?: boolean
}
export interface WebhookEndpointChange {
  /**
   * An https URL at a public address.
   */
  url?: string
  /**
   * @minItems 1
   * @maxItems 50
   */
  events?: string[]
  /**
   * `event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it.
   */
  format?: 'event' | 'devices'
  description?: string | null
  enabled?: boolean
}
export interface SecretRotation {
  /**
   * `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; made where it is left out.
   */
  secret?: string
}
export interface NoMembers {}
export interface NewWebhookRecovery {
  since: string
}
export interface NewSettings {
  /**
   * Where webhooks go; empty to send none.
   */
  webhookUrl: string
}
export interface TokenPair {
  access_token: string
  refresh_token: string
  token_type: 'Bearer'
  expires_in: number
}
export interface Message {
  message: string
}
export interface ApplePushResult {
  stored: number
  unchanged: number
  /**
   * Identifiers that are not known here.
   */
  ignored: string[]
  rejected: {
    field: string
    reason: string
  }[]
}
export interface ConnectToken {
  token: string
}
export interface Pagination {
  page: number
  per_page: number
  total: number
  total_pages: number
  has_next: boolean
  has_prev: boolean
}
export interface Backfill {
  id: string
  provider: Provider
  reason: 'connected' | 'push' | 'scheduled' | 'requested'
  /**
   * `waiting` is for the provider, until `next_attempt_at`; `error` says why.
   */
  status: 'queued' | 'running' | 'waiting' | 'done' | 'failed'
  from: string
  /**
   * Days of UTC, both included; the newest is read first.
   */
  to: string
  days_done: number
  days_total: number
  /**
   * How many the days read so far have, whether they were new or not.
   */
  samples: number
  error?: string
  created_at: string
  updated_at: string
  next_attempt_at?: string
}
export interface BackfillPage {
  data: Backfill[]
  pagination: Pagination
}
export interface ProviderList {
  environment: 'live' | 'sandbox'
  /**
   * When the connect token ends.
   */
  expires_at: string
  providers: {
    name: Provider
    label: string
    connected: boolean
    connected_at?: string
    /**
     * Whether it can be connected here.
     */
    available: boolean
    /**
     * In a browser, or from the app on the phone.
     */
    how: 'redirect' | 'app'
    /**
     * For the person, where it is not available.
     */
    reason?: string
  }[]
}
export interface IngestResult {
  inserted: number
  updated: number
  unchanged: number
  rejected: {
    index: number
    field: string
    reason: string
  }[]
}
export interface ReadSample {
  data_type: string
  device_name: string
  start_date: string
  end_date: string
  value?: number
  unit?: string
  /**
   * Of intervals, in place of value and unit.
   */
  kind?: string
}
export interface SamplePage {
  data: ReadSample[]
  next_cursor: string | null
}
export interface DeletedSamples {
  deleted: number
}
export interface Study {
  id: number
  name: string
  status: 'draft' | 'active' | 'closed'
  /**
   * The first day whose data belong to the study; null: any.
   */
  start_date: string | null
  /**
   * The last; null: any.
   */
  end_date: string | null
  created_at: string
  updated_at: string
}
export interface StudyPage {
  data: Study[]
  pagination: Pagination
}
export interface Battery {
  id: string
  name: string
  tasks: {
    id: string
    name: string
    duration_seconds: number
  }[]
  created_at: string
  updated_at: string
}
export interface BatteryPage {
  data: Battery[]
  pagination: Pagination
}
export interface TimedSample {
  time: string
  value: number
  data_source: {
    source_type: 'DEVICE' | 'MANUAL_ENTRY'
    name: string
  }
}
/**
 * avg_bpm is the plain mean of the samples.
 */
export interface HeartRate {
  min_bpm?: number
  max_bpm?: number
  avg_bpm?: number
  resting_bpm?: number
  samples_bpm?: TimedSample[]
}
export interface HeartRateVariability {
  rmssd?: {
    avg_millis?: number
    samples_millis?: TimedSample[]
  }
  sdnn?: {
    avg_millis?: number
    samples_millis?: TimedSample[]
  }
}
export interface Respiration {
  vo2_max?: number
  avg_breaths_per_minute?: number
  peak_flow_L_min?: number
  forced_volume_L?: number
  spo2?: {
    min_pct?: number
    max_pct?: number
    avg_pct?: number
    std_dev?: number
  }
  samples_breaths_per_minute?: TimedSample[]
}
export interface Temperature {
  core?: {
    avg_celcius?: number
    samples_celcius?: TimedSample[]
  }
  skin?: {
    avg_celcius?: number
    samples_celcius?: TimedSample[]
  }
}
export interface ActivityDurations {
  active_seconds?: number
}
export interface EnergyExpenditure {
  active_kcal?: number
  basal_metabolic_rate_kcal?: number
  avg_watts?: number
}
export interface ActivityMovement {
  steps_count?: number
  floors_count?: number
  avg_cadence?: number
  distance_meters?: number
  elevation?: {
    gain_meters?: number
  }
  speed?: {
    max_km_h?: number
    avg_km_h?: number
  }
}
export interface ActivityLog {
  durations?: ActivityDurations
  energy_expenditure?: EnergyExpenditure
  movement?: ActivityMovement
  biometrics?: {
    heart_rate?: HeartRate
    hrv?: HeartRateVariability
    respiration?: Respiration
  }
  metadata: {
    date: string
    source: string
    data_source?: {
      source_type: 'DEVICE' | 'MANUAL_ENTRY'
      name: string
    }
  }
  name: string
  type: string
  start_time: string
  end_time: string
}
export interface Activity {
  metadata: {
    date: string
    source: string
    data_source?: {
      source_type: 'DEVICE' | 'MANUAL_ENTRY'
      name: string
    }
  }
  summary?: {
    durations?: ActivityDurations
    energy_expenditure?: EnergyExpenditure
    movement?: ActivityMovement
    biometrics?: {
      heart_rate?: HeartRate
      hrv?: HeartRateVariability
      respiration?: Respiration
    }
  }
  activity_logs?: ActivityLog[]
}
export interface Biometrics {
  metadata: {
    date: string
    source: string
    data_source?: {
      source_type: 'DEVICE' | 'MANUAL_ENTRY'
      name: string
    }
  }
  blood_glucose?: {
    avg_mg_dL?: number
    samples_mg_dL?: TimedSample[]
  }
  blood_pressure?: {
    diastolic_mm_Hg?: {
      samples?: TimedSample[]
    }
    systolic_mm_Hg?: {
      samples?: TimedSample[]
    }
  }
  heart_rate?: HeartRate
  hrv?: HeartRateVariability
  perfusion_index_pct?: number
  respiration?: Respiration
  temperature?: Temperature
}
export interface Body {
  body_fat_pct?: number
  height_cm?: number
  weight_kg?: number
  bone_mass_kg?: number
  muscle_mass_kg?: number
  lean_mass_kg?: number
  metadata: {
    date: string
    source: string
    data_source?: {
      source_type: 'DEVICE' | 'MANUAL_ENTRY'
      name: string
    }
  }
  weight_samples_kg?: TimedSample[]
}
export interface Nutrition {
  metadata: {
    date: string
    source: string
    data_source?: {
      source_type: 'DEVICE' | 'MANUAL_ENTRY'
      name: string
    }
  }
  summary?: {
    macros?: {
      alcohol_g?: number
      carbs_g?: number
      cholesterol_mg?: number
      energy_kcal?: number
      fat_g?: number
      fiber_g?: number
      protein_g?: number
      sodium_mg?: number
      sugar_g?: number
      trans_fat_g?: number
      water_ml?: number
    }
    micros?: {
      biotin_mg?: number
      caffeine_mg?: number
      calcium_mg?: number
      copper_mg?: number
      folate_mg?: number
      folic_acid_mg?: number
      iodine_mg?: number
      iron_mg?: number
      magnesium_mg?: number
      manganese_mg?: number
      phosphorus_mg?: number
      potassium_mg?: number
      selenium_mg?: number
      vitamin_A_mg?: number
      vitamin_B1_mg?: number
      vitamin_B2_mg?: number
      vitamin_B3_mg?: number
      vitamin_B5_mg?: number
      vitamin_B6_mg?: number
      vitamin_B12_mg?: number
      vitamin_C_mg?: number
      vitamin_D_mg?: number
      vitamin_E_mg?: number
      vitamin_K_mg?: number
      zinc_mg?: number
    }
    aminos?: {
      alanine_g?: number
      arginine_g?: number
      asparagine_g?: number
      aspartic_acid_g?: number
      cysteine_g?: number
      glutamine_g?: number
      glutamic_acid_g?: number
      glycine_g?: number
      histidine_g?: number
      isoleucine_g?: number
      leucine_g?: number
      lysine_g?: number
      methionine_g?: number
      phenylalanine_g?: number
      proline_g?: number
      serine_g?: number
      threonine_g?: number
      tryptophan_g?: number
      tyrosine_g?: number
      valine_g?: number
    }
  }
}
export interface SleepDurations {
  total_seconds?: number
  awake_seconds?: number
  deep_seconds?: number
  rem_seconds?: number
  light_seconds?: number
  in_bed_seconds?: number
  time_to_fall_asleep_seconds?: number
  no_data_seconds?: number
}
export interface Sleep {
  metadata: {
    date: string
    source: string
    data_source?: {
      source_type: 'DEVICE' | 'MANUAL_ENTRY'
      name: string
    }
  }
  start_time?: string
  end_time?: string
  durations?: SleepDurations
  biometrics?: {
    heart_rate?: HeartRate
    hrv?: HeartRateVariability
    respiration?: Respiration
    temperature?: Temperature
  }
  /**
   * How often the sleeper woke up.
   */
  wakeup_frequency?: number
}
export interface Participant {
  participant_id: string
  study_id: number
  status: 'invited' | 'screening' | 'enrolled' | 'completed' | 'withdrawn'
  email: string | null
  enrolled_at: string | null
  user_id: string
  created_at: string
  updated_at: string
}
export interface ParticipantPage {
  data: Participant[]
  pagination: Pagination
}
/**
 * As the Devices API answers it, without the lists of raw samples.
 */
export interface ParticipantDay {
  date: string
  activity: Activity[]
  biometrics: Biometrics[]
  body: Body[]
  nutrition: Nutrition[]
  sleep: Sleep[]
}
export interface ParticipantDayPage {
  data: ParticipantDay[]
  pagination: Pagination
}
export interface Session {
  session_id: string
  participant_id: string
  study_id: number
  battery_id: string
  status: 'scheduled' | 'in_progress' | 'completed' | 'cancelled'
  scheduled_at: string | null
  started_at: string | null
  completed_at: string | null
  results:
    | (
        | {
            [k: string]: unknown
          }
        | unknown[]
      )
    | null
  created_at: string
  updated_at: string
}
export interface SessionPage {
  data: Session[]
  pagination: Pagination
}
export interface ActivitySources {
  metadata: {
    date: string
    source: string
  }
  types: {
    data_type: string
    unit: string
    total: number
    /**
     * Best first. `merged` is what the platform had merged itself: it is never added to the others.
     */
    devices: {
      device_name: string
      kind: 'watch' | 'band' | 'ring' | 'phone' | 'other' | 'merged'
      /**
       * What the device counted on that day.
       */
      counted: number
      /**
       * What of it is in the total.
       */
      used: number
      /**
       * What a better device had counted already, and which.
       */
      lost: {
        device_name: string
        value: number
      }[]
    }[]
  }[]
}
export interface CreatedUser {
  userId: string
}
export interface ConnectedUsers {
  connectedUsers: {
    metriportUserId: string
    appUserId: string
    connectedProviders: string[]
  }[]
}
export interface ConnectedProviders {
  connectedProviders: string[]
}
export interface User {
  metadata: {
    date: string
    source: string
  }
}
export interface WebhookDelivery {
  id: string
  message_id: string
  event: string
  /**
   * `held`: for a disabled endpoint. `cancelled`: a ping to a URL that was replaced.
   */
  status: 'pending' | 'sending' | 'delivered' | 'retry' | 'exhausted' | 'held' | 'cancelled'
  attempt_count: number
  next_attempt_at: string | null
  created_at: string
  updated_at: string
  last_attempt: {
    at: string
    response_status: number | null
    duration_ms: number
    /**
     * Why no answer came, or what was wrong with it.
     */
    error: string | null
  } | null
}
export interface WebhookDeliveryPage {
  data: WebhookDelivery[]
  pagination: Pagination
}
export interface WebhookMessage {
  id: string
  event: string
  occurred_at: string
  /**
   * What every attempt sends, byte for byte.
   */
  body: string
  deliveries: {
    id: string
    message_id: string
    event: string
    /**
     * `held`: for a disabled endpoint. `cancelled`: a ping to a URL that was replaced.
     */
    status: 'pending' | 'sending' | 'delivered' | 'retry' | 'exhausted' | 'held' | 'cancelled'
    attempt_count: number
    next_attempt_at: string | null
    created_at: string
    updated_at: string
    last_attempt: {
      at: string
      response_status: number | null
      duration_ms: number
      /**
       * Why no answer came, or what was wrong with it.
       */
      error: string | null
    } | null
    endpoint_id: string
    attempts: {
      number: number
      started_at: string
      duration_ms: number
      response_status: number | null
      /**
       * The first 4 kB.
       */
      response_body: string | null
      /**
       * Why no answer came, or what was wrong with it.
       */
      error: string | null
    }[]
  }[]
}
export interface ResentWebhook {
  /**
   * What is sent again; nothing that was under way or waiting for its first attempt anyway.
   */
  deliveries: {
    id: string
    endpoint_id: string
    status: 'pending' | 'held'
  }[]
}
export interface WebhookEndpoint {
  id: string
  url: string
  events: string[]
  /**
   * `event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it.
   */
  format: 'event' | 'devices'
  description: string | null
  enabled: boolean
  /**
   * `gone`: it answered 410. `failing`: five days of nothing but failures. Null: you disabled it.
   */
  disabled_reason: ('gone' | 'failing') | null
  failing_since: string | null
  /**
   * `settings`: what POST /settings set, and alone can change.
   */
  source: 'api' | 'settings'
  created_at: string
  updated_at: string
}
export interface WebhookEndpointWithSecret {
  id: string
  url: string
  events: string[]
  /**
   * `event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it.
   */
  format: 'event' | 'devices'
  description: string | null
  enabled: boolean
  /**
   * `gone`: it answered 410. `failing`: five days of nothing but failures. Null: you disabled it.
   */
  disabled_reason: ('gone' | 'failing') | null
  failing_since: string | null
  /**
   * `settings`: what POST /settings set, and alone can change.
   */
  source: 'api' | 'settings'
  created_at: string
  updated_at: string
  /**
   * Shown this once.
   */
  secret: string
}
export interface WebhookEndpointPage {
  data: WebhookEndpoint[]
  pagination: Pagination
}
export interface SentPing {
  message_id: string
}
export interface WebhookRecovery {
  id: string
  since: string
  status: 'running' | 'done'
  /**
   * Deliveries that are due again so far.
   */
  recovered: number
  created_at: string
  completed_at: string | null
}
export interface WebhookRecoveryPage {
  data: WebhookRecovery[]
  pagination: Pagination
}
export interface Change {
  id: string
  type: string
  userId: string | null
  /**
   * What changed, without values: those are read by date.
   */
  data: {
    [k: string]: unknown
  }
  occurred_at: string
}
export interface ChangePage {
  data: Change[]
  /**
   * Where to go on, also when nothing more is there yet.
   */
  next_cursor: string
  has_more: boolean
}
export interface Settings {
  id: string
  webhookUrl: string | null
  webhookKey: string | null
}
export interface WebhookStatus {
  /**
   * Whether webhooks are sent: a URL is set, and did not answer 410.
   */
  webhookEnabled: boolean
  /**
   * How the latest attempt went.
   */
  webhookStatusDetail: string
  /**
   * On their way, or waiting for another attempt.
   */
  webhookRequestsProcessing: number
  /**
   * Given up on, or held because webhooks are not sent.
   */
  webhookRequestsFailed: number
}
