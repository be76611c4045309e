/** Stages of sleep, by what follows `HKCategoryValueSleepAnalysis`. Apple's core sleep is light sleep elsewhere. */
export const sleepKinds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    InBed: 'in_bed',
    Asleep: 'asleep',
    AsleepUnspecified: 'asleep',
    AsleepCore: 'light',
    AsleepDeep: 'deep',
    AsleepREM: 'rem',
    Awake: 'awake',
  }).map(([name, kind]) => [`HKCategoryValueSleepAnalysis${name}`, kind]),
)

const activities = `american_football archery australian_football badminton barre baseball basketball bowling boxing
  cardio_dance climbing cooldown core_training cricket cross_country_skiing cross_training curling cycling dance
  dance_inspired_training disc_sports downhill_skiing elliptical equestrian_sports fencing fishing fitness_gaming
  flexibility functional_strength_training golf gymnastics hand_cycling handball high_intensity_interval_training hiking
  hockey hunting jump_rope kickboxing lacrosse martial_arts mind_and_body mixed_cardio mixed_metabolic_cardio_training
  other paddle_sports pickleball pilates play preparation_and_recovery racquetball rowing rugby running sailing
  skating_sports snow_sports snowboarding soccer social_dance softball squash stair_climbing stairs step_training
  surfing_sports swim_bike_run swimming table_tennis tai_chi tennis track_and_field traditional_strength_training
  transition underwater_diving volleyball walking water_fitness water_polo water_sports wheelchair_run_pace
  wheelchair_walk_pace wrestling yoga`.split(/\s+/)

const toPascalCase = (kind: string) => kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Kinds of workout, by Apple's name: `HKWorkoutActivityTypeRunning` → `running`. */
export const workoutKinds: ReadonlyMap<string, string> = new Map(
  activities.map((kind) => [`HKWorkoutActivityType${toPascalCase(kind)}`, kind]),
)
