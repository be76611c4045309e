import { activeEnergy } from './active-energy.ts'
import { basalEnergy } from './basal-energy.ts'
import { bloodGlucose } from './blood-glucose.ts'
import { bloodPressureDiastolic } from './blood-pressure-diastolic.ts'
import { bloodPressureSystolic } from './blood-pressure-systolic.ts'
import { bodyFat } from './body-fat.ts'
import { bodyTemperature } from './body-temperature.ts'
import { boneMass } from './bone-mass.ts'
import { bpm } from './bpm.ts'
import { cadence } from './cadence.ts'
import { distance } from './distance.ts'
import { elevationGain } from './elevation-gain.ts'
import { exerciseTime } from './exercise-time.ts'
import { floors } from './floors.ts'
import { forcedVolume } from './forced-volume.ts'
import { height } from './height.ts'
import { hrvRmssd } from './hrv-rmssd.ts'
import { hrvSdnn } from './hrv-sdnn.ts'
import { leanMass } from './lean-mass.ts'
import { muscleMass } from './muscle-mass.ts'
import { alanine } from './nutrition/alanine.ts'
import { alcohol } from './nutrition/alcohol.ts'
import { arginine } from './nutrition/arginine.ts'
import { asparagine } from './nutrition/asparagine.ts'
import { asparticAcid } from './nutrition/aspartic-acid.ts'
import { biotin } from './nutrition/biotin.ts'
import { caffeine } from './nutrition/caffeine.ts'
import { calcium } from './nutrition/calcium.ts'
import { carbs } from './nutrition/carbs.ts'
import { cholesterol } from './nutrition/cholesterol.ts'
import { copper } from './nutrition/copper.ts'
import { cysteine } from './nutrition/cysteine.ts'
import { energyIntake } from './nutrition/energy-intake.ts'
import { fat } from './nutrition/fat.ts'
import { fiber } from './nutrition/fiber.ts'
import { folate } from './nutrition/folate.ts'
import { folicAcid } from './nutrition/folic-acid.ts'
import { glutamicAcid } from './nutrition/glutamic-acid.ts'
import { glutamine } from './nutrition/glutamine.ts'
import { glycine } from './nutrition/glycine.ts'
import { histidine } from './nutrition/histidine.ts'
import { iodine } from './nutrition/iodine.ts'
import { iron } from './nutrition/iron.ts'
import { isoleucine } from './nutrition/isoleucine.ts'
import { leucine } from './nutrition/leucine.ts'
import { lysine } from './nutrition/lysine.ts'
import { magnesium } from './nutrition/magnesium.ts'
import { manganese } from './nutrition/manganese.ts'
import { methionine } from './nutrition/methionine.ts'
import { phenylalanine } from './nutrition/phenylalanine.ts'
import { phosphorus } from './nutrition/phosphorus.ts'
import { potassium } from './nutrition/potassium.ts'
import { proline } from './nutrition/proline.ts'
import { protein } from './nutrition/protein.ts'
import { selenium } from './nutrition/selenium.ts'
import { serine } from './nutrition/serine.ts'
import { sodium } from './nutrition/sodium.ts'
import { sugar } from './nutrition/sugar.ts'
import { threonine } from './nutrition/threonine.ts'
import { transFat } from './nutrition/trans-fat.ts'
import { tryptophan } from './nutrition/tryptophan.ts'
import { tyrosine } from './nutrition/tyrosine.ts'
import { valine } from './nutrition/valine.ts'
import { vitaminA } from './nutrition/vitamin-a.ts'
import { vitaminB1 } from './nutrition/vitamin-b1.ts'
import { vitaminB12 } from './nutrition/vitamin-b12.ts'
import { vitaminB2 } from './nutrition/vitamin-b2.ts'
import { vitaminB3 } from './nutrition/vitamin-b3.ts'
import { vitaminB5 } from './nutrition/vitamin-b5.ts'
import { vitaminB6 } from './nutrition/vitamin-b6.ts'
import { vitaminC } from './nutrition/vitamin-c.ts'
import { vitaminD } from './nutrition/vitamin-d.ts'
import { vitaminE } from './nutrition/vitamin-e.ts'
import { vitaminK } from './nutrition/vitamin-k.ts'
import { water } from './nutrition/water.ts'
import { zinc } from './nutrition/zinc.ts'
import { peakFlow } from './peak-flow.ts'
import { perfusionIndex } from './perfusion-index.ts'
import { power } from './power.ts'
import { respiratoryRate } from './respiratory-rate.ts'
import { restingBpm } from './resting-bpm.ts'
import { skinTemperature } from './skin-temperature.ts'
import { sleep } from './sleep.ts'
import { speed } from './speed.ts'
import { spo2 } from './spo2.ts'
import { steps } from './steps.ts'
import { vo2Max } from './vo2-max.ts'
import { weight } from './weight.ts'
import { workoutDistance } from './workout-distance.ts'
import { workoutEnergy } from './workout-energy.ts'
import { workout } from './workout.ts'
import type { SampleType } from './sample-type.ts'

/** Every sample type there is. A new one is a file beside this one and an entry here. */
export const sampleTypes = [
  steps,
  distance,
  floors,
  elevationGain,
  activeEnergy,
  basalEnergy,
  exerciseTime,
  speed,
  cadence,
  power,
  bpm,
  restingBpm,
  hrvSdnn,
  hrvRmssd,
  spo2,
  respiratoryRate,
  vo2Max,
  peakFlow,
  forcedVolume,
  perfusionIndex,
  bodyTemperature,
  skinTemperature,
  bloodPressureSystolic,
  bloodPressureDiastolic,
  bloodGlucose,
  weight,
  height,
  bodyFat,
  leanMass,
  boneMass,
  muscleMass,
  alcohol,
  carbs,
  fat,
  fiber,
  protein,
  sugar,
  transFat,
  cholesterol,
  sodium,
  energyIntake,
  water,
  biotin,
  caffeine,
  calcium,
  copper,
  folate,
  folicAcid,
  iodine,
  iron,
  magnesium,
  manganese,
  phosphorus,
  potassium,
  selenium,
  vitaminA,
  vitaminB1,
  vitaminB2,
  vitaminB3,
  vitaminB5,
  vitaminB6,
  vitaminB12,
  vitaminC,
  vitaminD,
  vitaminE,
  vitaminK,
  zinc,
  alanine,
  arginine,
  asparagine,
  asparticAcid,
  cysteine,
  glutamine,
  glutamicAcid,
  glycine,
  histidine,
  isoleucine,
  leucine,
  lysine,
  methionine,
  phenylalanine,
  proline,
  serine,
  threonine,
  tryptophan,
  tyrosine,
  valine,
  workoutEnergy,
  workoutDistance,
  sleep,
  workout,
] as const satisfies SampleType[]

export type DataType = (typeof sampleTypes)[number]['name']

const byName = new Map<string, SampleType>(sampleTypes.map((type) => [type.name, type]))

export function sampleTypeOf(name: DataType): SampleType {
  const found = byName.get(name)
  if (found === undefined) throw new Error(`no sample type ${name}`)
  return found
}
