"""What the API takes and answers, as on the wire: made of openapi/openapi.json by `npm run openapi`. Do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

DataType = Literal["steps", "bpm"]

AnyDataType = Literal["steps", "distance", "floors", "elevation_gain", "active_energy", "basal_energy", "exercise_time", "speed", "cadence", "power", "bpm", "resting_bpm", "hrv_sdnn", "hrv_rmssd", "spo2", "respiratory_rate", "vo2_max", "peak_flow", "forced_volume", "perfusion_index", "body_temperature", "skin_temperature", "blood_pressure_systolic", "blood_pressure_diastolic", "blood_glucose", "weight", "height", "body_fat", "lean_mass", "bone_mass", "muscle_mass", "alcohol", "carbs", "fat", "fiber", "protein", "sugar", "trans_fat", "cholesterol", "sodium", "energy_intake", "water", "biotin", "caffeine", "calcium", "copper", "folate", "folic_acid", "iodine", "iron", "magnesium", "manganese", "phosphorus", "potassium", "selenium", "vitamin_a", "vitamin_b1", "vitamin_b2", "vitamin_b3", "vitamin_b5", "vitamin_b6", "vitamin_b12", "vitamin_c", "vitamin_d", "vitamin_e", "vitamin_k", "zinc", "alanine", "arginine", "asparagine", "aspartic_acid", "cysteine", "glutamine", "glutamic_acid", "glycine", "histidine", "isoleucine", "leucine", "lysine", "methionine", "phenylalanine", "proline", "serine", "threonine", "tryptophan", "tyrosine", "valine", "workout_energy", "workout_distance", "sleep", "workout"]

Provider = Literal["apple", "cronometer", "dexcom", "fitbit", "garmin", "google", "oura", "tenovi", "whoop", "withings"]


class _TokenRequest(TypedDict):
    grant_type: str


class TokenRequest(_TokenRequest, total=False):
    refresh_token: str


class _Sample(TypedDict):
    device_name: str
    """A unique device name, such as iPhone or Apple Watch."""
    start_date: str
    """ISO 8601 with an offset or Z."""
    value: float
    unit: Literal["count", "count/min", "count/s"]


class Sample(_Sample, total=False):
    device_version: str
    end_date: str
    """Not earlier than start_date, and at most 7 days after it; start_date where absent."""


class _MeasuredSample(TypedDict):
    device_name: str
    """A unique device name, such as iPhone or Apple Watch."""
    start_date: str
    """ISO 8601 with an offset or Z."""
    value: float
    unit: Literal["count", "m", "km", "kcal", "kJ", "s", "min", "km/h", "m/s", "count/min", "W", "count/s", "ms", "%", "mL/min/kg", "L/min", "L", "degC", "degF", "mmHg", "mg/dL", "mmol/L", "kg", "g", "lb", "cm", "in", "mg", "ug", "mL"]


class MeasuredSample(_MeasuredSample, total=False):
    device_version: str
    end_date: str
    """Not earlier than start_date, and at most 7 days after it; start_date where absent."""
    device_type: Literal["watch", "band", "ring", "phone", "other"]
    """Which of several devices that counted the same is believed. Guessed from the name where absent."""


class _IntervalSample(TypedDict):
    device_name: str
    """A unique device name, such as iPhone or Apple Watch."""
    start_date: str
    """ISO 8601 with an offset or Z."""
    end_date: str
    kind: Literal["in_bed", "asleep", "awake", "light", "deep", "rem", "american_football", "archery", "australian_football", "badminton", "baseball", "basketball", "bowling", "boxing", "climbing", "cricket", "cross_training", "curling", "cycling", "dance", "dance_inspired_training", "elliptical", "equestrian_sports", "fencing", "fishing", "functional_strength_training", "golf", "gymnastics", "handball", "hiking", "hockey", "hunting", "lacrosse", "martial_arts", "mind_and_body", "mixed_metabolic_cardio_training", "paddle_sports", "play", "preparation_and_recovery", "racquetball", "rowing", "rugby", "running", "sailing", "skating_sports", "snow_sports", "soccer", "softball", "squash", "stair_climbing", "surfing_sports", "swimming", "table_tennis", "tennis", "track_and_field", "traditional_strength_training", "volleyball", "walking", "water_fitness", "water_polo", "water_sports", "wrestling", "yoga", "barre", "core_training", "cross_country_skiing", "downhill_skiing", "flexibility", "high_intensity_interval_training", "jump_rope", "kickboxing", "pilates", "snowboarding", "stairs", "step_training", "wheelchair_walk_pace", "wheelchair_run_pace", "tai_chi", "mixed_cardio", "hand_cycling", "disc_sports", "fitness_gaming", "cardio_dance", "social_dance", "pickleball", "cooldown", "swim_bike_run", "transition", "underwater_diving", "other"]


class IntervalSample(_IntervalSample, total=False):
    device_version: str
    device_type: Literal["watch", "band", "ring", "phone", "other"]
    """Which of several devices that counted the same is believed. Guessed from the name where absent."""


class SampleBatch(TypedDict):
    data_type: DataType
    data: list[Sample]


class AnySampleBatch(TypedDict):
    data_type: AnyDataType
    data: list[MeasuredSample | IntervalSample]


class _ApplePush(TypedDict):
    metriportUserId: str
    """The user's id, as POST /user answered it."""
    data: str
    """JSON: HealthKit identifiers, and what there is of each."""


class ApplePush(_ApplePush, total=False):
    hourly: bool | None
    """Whether totals and means are of an hour or of a day; where absent, how close they are says it."""


class ConnectProvider(TypedDict):
    provider: Provider


NewBackfill = TypedDict(
    "NewBackfill",
    {
        "provider": "Provider",
        "from": "str",
        "to": "str",
    },
)


class _ColumnBatchDevicesItem(TypedDict):
    name: str


class ColumnBatchDevicesItem(_ColumnBatchDevicesItem, total=False):
    version: str
    type: Literal["watch", "band", "ring", "phone", "other"]
    """Which of several devices that counted the same is believed. Guessed from the name where absent."""


class _ColumnBatch(TypedDict):
    data_type: AnyDataType
    devices: list[ColumnBatchDevicesItem]
    start: str
    """What offsets count from: ISO 8601 with an offset or Z."""
    offsets: list[int]
    """Where each sample starts: whole ms from `start`."""


class ColumnBatch(_ColumnBatch, total=False):
    unit: str
    """Of all values; intervals have none."""
    durations: int | list[int]
    """How long each sample lasts, or one number for all: whole ms. 0 where absent."""
    device: list[int]
    """Which of `devices` recorded each sample; the first where absent."""
    values: list[float]
    """What each sample measured, in `unit`."""
    kinds: list[str]
    """Of intervals, in place of values: what each was."""


class ConnectSettings(TypedDict):
    redirectOrigins: list[str]
    """Where the widget may send browsers: redirectUrl and failRedirectUrl have to be of one of them."""


class _SampleRange(TypedDict):
    data_type: DataType
    start: str
    end: str


class SampleRange(_SampleRange, total=False):
    device_name: str


class _AnySampleRange(TypedDict):
    data_type: AnyDataType
    start: str
    end: str


class AnySampleRange(_AnySampleRange, total=False):
    device_name: str


class _NewStudy(TypedDict):
    name: str


class NewStudy(_NewStudy, total=False):
    status: Literal["draft"]
    start_date: str | None
    """The first day whose data belong to the study; null: any."""
    end_date: str | None
    """The last; null: any."""


class StudyChange(TypedDict, total=False):
    name: str
    status: Literal["draft", "active", "closed"]
    start_date: str | None
    """The first day whose data belong to the study; null: any."""
    end_date: str | None
    """The last; null: any."""


class _NewBattery(TypedDict):
    name: str


class NewBatteryTasksItem(TypedDict):
    id: str
    name: str
    duration_seconds: int


class NewBattery(_NewBattery, total=False):
    tasks: list[NewBatteryTasksItem]


class BatteryChangeTasksItem(TypedDict):
    id: str
    name: str
    duration_seconds: int


class BatteryChange(TypedDict, total=False):
    name: str
    tasks: list[BatteryChangeTasksItem]


class _NewParticipant(TypedDict):
    study_id: int


class NewParticipant(_NewParticipant, total=False):
    participant_id: str
    """Unique in the study; where it is left out, P001 and so on."""
    user_id: str
    """A user that is there already, once in a study; else one is created."""
    email: str | None
    """Of the user, in every study and API."""
    status: Literal["invited"]


class ParticipantChange(TypedDict, total=False):
    status: Literal["invited", "screening", "enrolled", "completed", "withdrawn"]
    email: str | None
    """Of the user, in every study and API."""


class _NewSession(TypedDict):
    participant_id: str
    battery_id: str


class NewSession(_NewSession, total=False):
    study_id: int
    """Needed where several studies have a participant of this id."""
    status: Literal["scheduled"]
    scheduled_at: str | None


class SessionChange(TypedDict, total=False):
    status: Literal["scheduled", "in_progress", "completed", "cancelled"]
    scheduled_at: str | None
    results: dict[str, Any] | list[Any] | None


class SourcePriority(TypedDict):
    priority: list[str]
    """Names of devices, or kinds (watch, band, ring, phone, other), best first. What is not named follows in the order of kinds. Empty restores the default."""


class UserZone(TypedDict):
    timezoneId: str | None
    """Whose days webhooks tell of; null for UTC."""


class WebhookResend(TypedDict, total=False):
    endpoint_id: str
    """This endpoint alone."""


class _NewWebhookEndpoint(TypedDict):
    url: str
    """An https URL at a public address."""
    events: list[str]


class NewWebhookEndpoint(_NewWebhookEndpoint, total=False):
    format: Literal["event", "devices"]
    """`event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it."""
    secret: str
    """`whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; made where it is left out."""
    description: str | None
    enabled: bool


class WebhookEndpointChange(TypedDict, total=False):
    url: str
    """An https URL at a public address."""
    events: list[str]
    format: Literal["event", "devices"]
    """`event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it."""
    description: str | None
    enabled: bool


class SecretRotation(TypedDict, total=False):
    secret: str
    """`whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; made where it is left out."""


class NoMembers(TypedDict):
    pass


class NewWebhookRecovery(TypedDict):
    since: str


class NewSettings(TypedDict):
    webhookUrl: str
    """Where webhooks go; empty to send none."""


class TokenPair(TypedDict):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class Message(TypedDict):
    message: str


class _ErrorError(TypedDict):
    code: str
    message: str


class ErrorErrorDetails(TypedDict):
    field: str
    reason: str


class ErrorError(_ErrorError, total=False):
    details: ErrorErrorDetails


class Error(TypedDict):
    error: ErrorError


class _BatchErrorError(TypedDict):
    code: str
    message: str


class _BatchErrorErrorDetailsItem(TypedDict):
    field: str
    reason: str


class BatchErrorErrorDetailsItem(_BatchErrorErrorDetailsItem, total=False):
    index: float


class BatchErrorError(_BatchErrorError, total=False):
    details: list[BatchErrorErrorDetailsItem]


class BatchError(TypedDict):
    error: BatchErrorError


class DevicesError(TypedDict):
    status: float
    name: str
    title: str
    detail: str


class OAuthError(TypedDict):
    error: str
    error_description: str


class ApplePushResultRejectedItem(TypedDict):
    field: str
    reason: str


class ApplePushResult(TypedDict):
    stored: int
    unchanged: int
    ignored: list[str]
    """Identifiers that are not known here."""
    rejected: list[ApplePushResultRejectedItem]


class ConnectToken(TypedDict):
    token: str


class Pagination(TypedDict):
    page: int
    per_page: int
    total: int
    total_pages: int
    has_next: bool
    has_prev: bool


_Backfill = TypedDict(
    "_Backfill",
    {
        "id": "str",
        "provider": "Provider",
        "reason": "Literal['connected', 'push', 'scheduled', 'requested']",
        "status": "Literal['queued', 'running', 'waiting', 'done', 'failed']",
        "from": "str",
        "to": "str",
        "days_done": "int",
        "days_total": "int",
        "samples": "int",
        "created_at": "str",
        "updated_at": "str",
    },
)


class Backfill(_Backfill, total=False):
    error: str
    next_attempt_at: str


class BackfillPage(TypedDict):
    data: list[Backfill]
    pagination: Pagination


class _ProviderListProvidersItem(TypedDict):
    name: Provider
    label: str
    connected: bool
    available: bool
    """Whether it can be connected here."""
    how: Literal["redirect", "app"]
    """In a browser, or from the app on the phone."""


class ProviderListProvidersItem(_ProviderListProvidersItem, total=False):
    connected_at: str
    reason: str
    """For the person, where it is not available."""


class ProviderList(TypedDict):
    environment: Literal["live", "sandbox"]
    expires_at: str
    """When the connect token ends."""
    providers: list[ProviderListProvidersItem]


class Health(TypedDict):
    status: Literal["ok"]


class Readiness(TypedDict):
    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]]


class IngestResultRejectedItem(TypedDict):
    index: int
    field: str
    reason: str


class IngestResult(TypedDict):
    inserted: int
    updated: int
    unchanged: int
    rejected: list[IngestResultRejectedItem]


class _ReadSample(TypedDict):
    data_type: str
    device_name: str
    start_date: str
    end_date: str


class ReadSample(_ReadSample, total=False):
    value: float
    unit: str
    kind: str
    """Of intervals, in place of value and unit."""


class SamplePage(TypedDict):
    data: list[ReadSample]
    next_cursor: str | None


class DeletedSamples(TypedDict):
    deleted: int


class Study(TypedDict):
    id: int
    name: str
    status: Literal["draft", "active", "closed"]
    start_date: str | None
    """The first day whose data belong to the study; null: any."""
    end_date: str | None
    """The last; null: any."""
    created_at: str
    updated_at: str


class StudyPage(TypedDict):
    data: list[Study]
    pagination: Pagination


class BatteryTasksItem(TypedDict):
    id: str
    name: str
    duration_seconds: int


class Battery(TypedDict):
    id: str
    name: str
    tasks: list[BatteryTasksItem]
    created_at: str
    updated_at: str


class BatteryPage(TypedDict):
    data: list[Battery]
    pagination: Pagination


class TimedSampleDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class TimedSample(TypedDict):
    time: str
    value: float
    data_source: TimedSampleDataSource


class HeartRate(TypedDict, total=False):
    """avg_bpm is the plain mean of the samples."""

    min_bpm: float
    max_bpm: float
    avg_bpm: float
    resting_bpm: float
    samples_bpm: list[TimedSample]


class HeartRateVariabilityRmssd(TypedDict, total=False):
    avg_millis: float
    samples_millis: list[TimedSample]


class HeartRateVariabilitySdnn(TypedDict, total=False):
    avg_millis: float
    samples_millis: list[TimedSample]


class HeartRateVariability(TypedDict, total=False):
    rmssd: HeartRateVariabilityRmssd
    sdnn: HeartRateVariabilitySdnn


class RespirationSpo2(TypedDict, total=False):
    min_pct: float
    max_pct: float
    avg_pct: float
    std_dev: float


class Respiration(TypedDict, total=False):
    vo2_max: float
    avg_breaths_per_minute: float
    peak_flow_L_min: float
    forced_volume_L: float
    spo2: RespirationSpo2
    samples_breaths_per_minute: list[TimedSample]


class TemperatureCore(TypedDict, total=False):
    avg_celcius: float
    samples_celcius: list[TimedSample]


class TemperatureSkin(TypedDict, total=False):
    avg_celcius: float
    samples_celcius: list[TimedSample]


class Temperature(TypedDict, total=False):
    core: TemperatureCore
    skin: TemperatureSkin


class ActivityDurations(TypedDict, total=False):
    active_seconds: float


class EnergyExpenditure(TypedDict, total=False):
    active_kcal: float
    basal_metabolic_rate_kcal: float
    avg_watts: float


class ActivityMovementElevation(TypedDict, total=False):
    gain_meters: float


class ActivityMovementSpeed(TypedDict, total=False):
    max_km_h: float
    avg_km_h: float


class ActivityMovement(TypedDict, total=False):
    steps_count: float
    floors_count: float
    avg_cadence: float
    distance_meters: float
    elevation: ActivityMovementElevation
    speed: ActivityMovementSpeed


class _ActivityLogMetadata(TypedDict):
    date: str
    source: str


class ActivityLogMetadataDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class ActivityLogMetadata(_ActivityLogMetadata, total=False):
    data_source: ActivityLogMetadataDataSource


class _ActivityLog(TypedDict):
    metadata: ActivityLogMetadata
    name: str
    type: str
    start_time: str
    end_time: str


class ActivityLogBiometrics(TypedDict, total=False):
    heart_rate: HeartRate
    hrv: HeartRateVariability
    respiration: Respiration


class ActivityLog(_ActivityLog, total=False):
    durations: ActivityDurations
    energy_expenditure: EnergyExpenditure
    movement: ActivityMovement
    biometrics: ActivityLogBiometrics


class _ActivityMetadata(TypedDict):
    date: str
    source: str


class ActivityMetadataDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class ActivityMetadata(_ActivityMetadata, total=False):
    data_source: ActivityMetadataDataSource


class _Activity(TypedDict):
    metadata: ActivityMetadata


class ActivitySummaryBiometrics(TypedDict, total=False):
    heart_rate: HeartRate
    hrv: HeartRateVariability
    respiration: Respiration


class ActivitySummary(TypedDict, total=False):
    durations: ActivityDurations
    energy_expenditure: EnergyExpenditure
    movement: ActivityMovement
    biometrics: ActivitySummaryBiometrics


class Activity(_Activity, total=False):
    summary: ActivitySummary
    activity_logs: list[ActivityLog]


class _BiometricsMetadata(TypedDict):
    date: str
    source: str


class BiometricsMetadataDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class BiometricsMetadata(_BiometricsMetadata, total=False):
    data_source: BiometricsMetadataDataSource


class _Biometrics(TypedDict):
    metadata: BiometricsMetadata


class BiometricsBloodGlucose(TypedDict, total=False):
    avg_mg_dL: float
    samples_mg_dL: list[TimedSample]


class BiometricsBloodPressureDiastolicMmHg(TypedDict, total=False):
    samples: list[TimedSample]


class BiometricsBloodPressureSystolicMmHg(TypedDict, total=False):
    samples: list[TimedSample]


class BiometricsBloodPressure(TypedDict, total=False):
    diastolic_mm_Hg: BiometricsBloodPressureDiastolicMmHg
    systolic_mm_Hg: BiometricsBloodPressureSystolicMmHg


class Biometrics(_Biometrics, total=False):
    blood_glucose: BiometricsBloodGlucose
    blood_pressure: BiometricsBloodPressure
    heart_rate: HeartRate
    hrv: HeartRateVariability
    perfusion_index_pct: float
    respiration: Respiration
    temperature: Temperature


class _BodyMetadata(TypedDict):
    date: str
    source: str


class BodyMetadataDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class BodyMetadata(_BodyMetadata, total=False):
    data_source: BodyMetadataDataSource


class _Body(TypedDict):
    metadata: BodyMetadata


class Body(_Body, total=False):
    body_fat_pct: float
    height_cm: float
    weight_kg: float
    bone_mass_kg: float
    muscle_mass_kg: float
    lean_mass_kg: float
    weight_samples_kg: list[TimedSample]


class _NutritionMetadata(TypedDict):
    date: str
    source: str


class NutritionMetadataDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class NutritionMetadata(_NutritionMetadata, total=False):
    data_source: NutritionMetadataDataSource


class _Nutrition(TypedDict):
    metadata: NutritionMetadata


class NutritionSummaryMacros(TypedDict, total=False):
    alcohol_g: float
    carbs_g: float
    cholesterol_mg: float
    energy_kcal: float
    fat_g: float
    fiber_g: float
    protein_g: float
    sodium_mg: float
    sugar_g: float
    trans_fat_g: float
    water_ml: float


class NutritionSummaryMicros(TypedDict, total=False):
    biotin_mg: float
    caffeine_mg: float
    calcium_mg: float
    copper_mg: float
    folate_mg: float
    folic_acid_mg: float
    iodine_mg: float
    iron_mg: float
    magnesium_mg: float
    manganese_mg: float
    phosphorus_mg: float
    potassium_mg: float
    selenium_mg: float
    vitamin_A_mg: float
    vitamin_B1_mg: float
    vitamin_B2_mg: float
    vitamin_B3_mg: float
    vitamin_B5_mg: float
    vitamin_B6_mg: float
    vitamin_B12_mg: float
    vitamin_C_mg: float
    vitamin_D_mg: float
    vitamin_E_mg: float
    vitamin_K_mg: float
    zinc_mg: float


class NutritionSummaryAminos(TypedDict, total=False):
    alanine_g: float
    arginine_g: float
    asparagine_g: float
    aspartic_acid_g: float
    cysteine_g: float
    glutamine_g: float
    glutamic_acid_g: float
    glycine_g: float
    histidine_g: float
    isoleucine_g: float
    leucine_g: float
    lysine_g: float
    methionine_g: float
    phenylalanine_g: float
    proline_g: float
    serine_g: float
    threonine_g: float
    tryptophan_g: float
    tyrosine_g: float
    valine_g: float


class NutritionSummary(TypedDict, total=False):
    macros: NutritionSummaryMacros
    micros: NutritionSummaryMicros
    aminos: NutritionSummaryAminos


class Nutrition(_Nutrition, total=False):
    summary: NutritionSummary


class SleepDurations(TypedDict, total=False):
    total_seconds: float
    awake_seconds: float
    deep_seconds: float
    rem_seconds: float
    light_seconds: float
    in_bed_seconds: float
    time_to_fall_asleep_seconds: float
    no_data_seconds: float


class _SleepMetadata(TypedDict):
    date: str
    source: str


class SleepMetadataDataSource(TypedDict):
    source_type: Literal["DEVICE", "MANUAL_ENTRY"]
    name: str


class SleepMetadata(_SleepMetadata, total=False):
    data_source: SleepMetadataDataSource


class _Sleep(TypedDict):
    metadata: SleepMetadata


class SleepBiometrics(TypedDict, total=False):
    heart_rate: HeartRate
    hrv: HeartRateVariability
    respiration: Respiration
    temperature: Temperature


class Sleep(_Sleep, total=False):
    start_time: str
    end_time: str
    durations: SleepDurations
    biometrics: SleepBiometrics
    wakeup_frequency: int
    """How often the sleeper woke up."""


class Participant(TypedDict):
    participant_id: str
    study_id: int
    status: Literal["invited", "screening", "enrolled", "completed", "withdrawn"]
    email: str | None
    enrolled_at: str | None
    user_id: str
    created_at: str
    updated_at: str


class ParticipantPage(TypedDict):
    data: list[Participant]
    pagination: Pagination


class ParticipantDay(TypedDict):
    """As the Devices API answers it, without the lists of raw samples."""

    date: str
    activity: list[Activity]
    biometrics: list[Biometrics]
    body: list[Body]
    nutrition: list[Nutrition]
    sleep: list[Sleep]


class ParticipantDayPage(TypedDict):
    data: list[ParticipantDay]
    pagination: Pagination


class Session(TypedDict):
    session_id: str
    participant_id: str
    study_id: int
    battery_id: str
    status: Literal["scheduled", "in_progress", "completed", "cancelled"]
    scheduled_at: str | None
    started_at: str | None
    completed_at: str | None
    results: dict[str, Any] | list[Any] | None
    created_at: str
    updated_at: str


class SessionPage(TypedDict):
    data: list[Session]
    pagination: Pagination


class ActivitySourcesMetadata(TypedDict):
    date: str
    source: str


class ActivitySourcesTypesItemDevicesItemLostItem(TypedDict):
    device_name: str
    value: float


class ActivitySourcesTypesItemDevicesItem(TypedDict):
    device_name: str
    kind: Literal["watch", "band", "ring", "phone", "other", "merged"]
    counted: float
    """What the device counted on that day."""
    used: float
    """What of it is in the total."""
    lost: list[ActivitySourcesTypesItemDevicesItemLostItem]
    """What a better device had counted already, and which."""


class ActivitySourcesTypesItem(TypedDict):
    data_type: str
    unit: str
    total: float
    devices: list[ActivitySourcesTypesItemDevicesItem]
    """Best first. `merged` is what the platform had merged itself: it is never added to the others."""


class ActivitySources(TypedDict):
    metadata: ActivitySourcesMetadata
    types: list[ActivitySourcesTypesItem]


class CreatedUser(TypedDict):
    userId: str


class ConnectedUsersConnectedUsersItem(TypedDict):
    metriportUserId: str
    appUserId: str
    connectedProviders: list[str]


class ConnectedUsers(TypedDict):
    connectedUsers: list[ConnectedUsersConnectedUsersItem]


class ConnectedProviders(TypedDict):
    connectedProviders: list[str]


class UserMetadata(TypedDict):
    date: str
    source: str


class User(TypedDict):
    metadata: UserMetadata


class WebhookDeliveryLastAttempt(TypedDict):
    at: str
    response_status: int | None
    duration_ms: int
    error: str | None
    """Why no answer came, or what was wrong with it."""


class WebhookDelivery(TypedDict):
    id: str
    message_id: str
    event: str
    status: Literal["pending", "sending", "delivered", "retry", "exhausted", "held", "cancelled"]
    """`held`: for a disabled endpoint. `cancelled`: a ping to a URL that was replaced."""
    attempt_count: int
    next_attempt_at: str | None
    created_at: str
    updated_at: str
    last_attempt: WebhookDeliveryLastAttempt | None


class WebhookDeliveryPage(TypedDict):
    data: list[WebhookDelivery]
    pagination: Pagination


class WebhookMessageDeliveriesItemLastAttempt(TypedDict):
    at: str
    response_status: int | None
    duration_ms: int
    error: str | None
    """Why no answer came, or what was wrong with it."""


class WebhookMessageDeliveriesItemAttemptsItem(TypedDict):
    number: int
    started_at: str
    duration_ms: int
    response_status: int | None
    response_body: str | None
    """The first 4 kB."""
    error: str | None
    """Why no answer came, or what was wrong with it."""


class WebhookMessageDeliveriesItem(TypedDict):
    id: str
    message_id: str
    event: str
    status: Literal["pending", "sending", "delivered", "retry", "exhausted", "held", "cancelled"]
    """`held`: for a disabled endpoint. `cancelled`: a ping to a URL that was replaced."""
    attempt_count: int
    next_attempt_at: str | None
    created_at: str
    updated_at: str
    last_attempt: WebhookMessageDeliveriesItemLastAttempt | None
    endpoint_id: str
    attempts: list[WebhookMessageDeliveriesItemAttemptsItem]


class WebhookMessage(TypedDict):
    id: str
    event: str
    occurred_at: str
    body: str
    """What every attempt sends, byte for byte."""
    deliveries: list[WebhookMessageDeliveriesItem]


class ResentWebhookDeliveriesItem(TypedDict):
    id: str
    endpoint_id: str
    status: Literal["pending", "held"]


class ResentWebhook(TypedDict):
    deliveries: list[ResentWebhookDeliveriesItem]
    """What is sent again; nothing that was under way or waiting for its first attempt anyway."""


class WebhookEndpoint(TypedDict):
    id: str
    url: str
    events: list[str]
    format: Literal["event", "devices"]
    """`event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it."""
    description: str | None
    enabled: bool
    disabled_reason: Literal["gone", "failing"] | None
    """`gone`: it answered 410. `failing`: five days of nothing but failures. Null: you disabled it."""
    failing_since: str | None
    source: Literal["api", "settings"]
    """`settings`: what POST /settings set, and alone can change."""
    created_at: str
    updated_at: str


class WebhookEndpointWithSecret(TypedDict):
    id: str
    url: str
    events: list[str]
    format: Literal["event", "devices"]
    """`event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it."""
    description: str | None
    enabled: bool
    disabled_reason: Literal["gone", "failing"] | None
    """`gone`: it answered 410. `failing`: five days of nothing but failures. Null: you disabled it."""
    failing_since: str | None
    source: Literal["api", "settings"]
    """`settings`: what POST /settings set, and alone can change."""
    created_at: str
    updated_at: str
    secret: str
    """Shown this once."""


class WebhookEndpointPage(TypedDict):
    data: list[WebhookEndpoint]
    pagination: Pagination


class SentPing(TypedDict):
    message_id: str


class WebhookRecovery(TypedDict):
    id: str
    since: str
    status: Literal["running", "done"]
    recovered: int
    """Deliveries that are due again so far."""
    created_at: str
    completed_at: str | None


class WebhookRecoveryPage(TypedDict):
    data: list[WebhookRecovery]
    pagination: Pagination


class Change(TypedDict):
    id: str
    type: str
    userId: str | None
    data: dict[str, Any]
    """What changed, without values: those are read by date."""
    occurred_at: str


class ChangePage(TypedDict):
    data: list[Change]
    next_cursor: str
    """Where to go on, also when nothing more is there yet."""
    has_more: bool


class Settings(TypedDict):
    id: str
    webhookUrl: str | None
    webhookKey: str | None


class WebhookStatus(TypedDict):
    webhookEnabled: bool
    """Whether webhooks are sent: a URL is set, and did not answer 410."""
    webhookStatusDetail: str
    """How the latest attempt went."""
    webhookRequestsProcessing: int
    """On their way, or waiting for another attempt."""
    webhookRequestsFailed: int
    """Given up on, or held because webhooks are not sent."""
