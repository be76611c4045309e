import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

/**
 * The identifiers that the published iOS SDK reads (its HealthKitTypes), a value in the unit that it sends them in, and
 * where that arrives. The Flutter and React Native SDKs wrap the same.
 */
const pushed: [identifier: string, sent: number, path: string, answer: number][] = [
  // Activity: counts, kcal.
  ['StepCount', 5000, 'activity.summary.movement.steps_count', 5000],
  ['FlightsClimbed', 12, 'activity.summary.movement.floors_count', 12],
  ['ActiveEnergyBurned', 400.5, 'activity.summary.energy_expenditure.active_kcal', 400.5],
  ['BasalEnergyBurned', 1600, 'activity.summary.energy_expenditure.basal_metabolic_rate_kcal', 1600],
  // Body: cm, kg, a share of 1.
  ['Height', 182, 'body.height_cm', 182],
  ['LeanBodyMass', 61, 'body.lean_mass_kg', 61],
  ['BodyMass', 80.5, 'body.weight_kg', 80.5],
  ['BodyFatPercentage', 0.19, 'body.body_fat_pct', 19],
  // Vitals: per minute, ms, °C, mmHg, mL/(kg·min), a share of 1, mmol/L.
  ['HeartRate', 71, 'biometrics.heart_rate.avg_bpm', 71],
  ['RestingHeartRate', 55, 'biometrics.heart_rate.resting_bpm', 55],
  ['HeartRateVariabilitySDNN', 48, 'biometrics.hrv.sdnn.avg_millis', 48],
  ['BodyTemperature', 36.8, 'biometrics.temperature.core.avg_celcius', 36.8],
  ['BloodPressureSystolic', 121, 'biometrics.blood_pressure.systolic_mm_Hg.samples.0.value', 121],
  ['BloodPressureDiastolic', 79, 'biometrics.blood_pressure.diastolic_mm_Hg.samples.0.value', 79],
  ['RespiratoryRate', 14.5, 'biometrics.respiration.avg_breaths_per_minute', 14.5],
  ['VO2Max', 44.1, 'biometrics.respiration.vo2_max', 44.1],
  ['OxygenSaturation', 0.97, 'biometrics.respiration.spo2.avg_pct', 97],
  ['BloodGlucose', 5, 'biometrics.blood_glucose.avg_mg_dL', 90.078],
  // Nutrition: g, kcal, mL, mg.
  ['DietaryCarbohydrates', 250, 'nutrition.summary.macros.carbs_g', 250],
  ['DietaryFatTotal', 70, 'nutrition.summary.macros.fat_g', 70],
  ['DietaryFiber', 30, 'nutrition.summary.macros.fiber_g', 30],
  ['DietaryProtein', 90, 'nutrition.summary.macros.protein_g', 90],
  ['DietarySodium', 2.3, 'nutrition.summary.macros.sodium_mg', 2300],
  ['DietarySugar', 40, 'nutrition.summary.macros.sugar_g', 40],
  ['DietaryEnergyConsumed', 2100, 'nutrition.summary.macros.energy_kcal', 2100],
  ['DietaryCholesterol', 250, 'nutrition.summary.macros.cholesterol_mg', 250],
  ['DietaryWater', 1800, 'nutrition.summary.macros.water_ml', 1800],
  ['DietaryCaffeine', 180, 'nutrition.summary.micros.caffeine_mg', 180],
  ['DietaryCalcium', 900, 'nutrition.summary.micros.calcium_mg', 900],
  ['DietaryCopper', 1.1, 'nutrition.summary.micros.copper_mg', 1.1],
  ['DietaryFolate', 0.4, 'nutrition.summary.micros.folate_mg', 0.4],
  ['DietaryIodine', 0.15, 'nutrition.summary.micros.iodine_mg', 0.15],
  ['DietaryMagnesium', 350, 'nutrition.summary.micros.magnesium_mg', 350],
  ['DietaryManganese', 2, 'nutrition.summary.micros.manganese_mg', 2],
  ['DietaryPhosphorus', 700, 'nutrition.summary.micros.phosphorus_mg', 700],
  ['DietaryPotassium', 3500, 'nutrition.summary.micros.potassium_mg', 3500],
  ['DietarySelenium', 0.06, 'nutrition.summary.micros.selenium_mg', 0.06],
  ['DietaryVitaminA', 0.8, 'nutrition.summary.micros.vitamin_A_mg', 0.8],
  ['DietaryThiamin', 1.2, 'nutrition.summary.micros.vitamin_B1_mg', 1.2],
  ['DietaryRiboflavin', 1.3, 'nutrition.summary.micros.vitamin_B2_mg', 1.3],
  ['DietaryNiacin', 16, 'nutrition.summary.micros.vitamin_B3_mg', 16],
  ['DietaryPantothenicAcid', 5, 'nutrition.summary.micros.vitamin_B5_mg', 5],
  ['DietaryVitaminB6', 1.4, 'nutrition.summary.micros.vitamin_B6_mg', 1.4],
  ['DietaryVitaminB12', 0.0024, 'nutrition.summary.micros.vitamin_B12_mg', 0.0024],
  ['DietaryVitaminC', 90, 'nutrition.summary.micros.vitamin_C_mg', 90],
  ['DietaryVitaminD', 0.015, 'nutrition.summary.micros.vitamin_D_mg', 0.015],
  ['DietaryVitaminE', 15, 'nutrition.summary.micros.vitamin_E_mg', 15],
  ['DietaryVitaminK', 0.12, 'nutrition.summary.micros.vitamin_K_mg', 0.12],
  ['DietaryZinc', 11, 'nutrition.summary.micros.zinc_mg', 11],
]

const DATE = '2024-01-05'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

test.each(['daily', 'hourly'])('every identifier that the SDKs send has its place, pushed %s', async (form) => {
  const { userId } = (await call(server, 'POST', `/user?appUserId=${form}`, { key: server.keys.live })).body
  const data = Object.fromEntries(
    pushed.map(([name, value]) => [`HKQuantityTypeIdentifier${name}`, [{ date: `${DATE}T00:00:00Z`, value }]]),
  )
  const json = { metriportUserId: userId, data: JSON.stringify(data), hourly: form === 'hourly' }
  const { body } = await call(server, 'POST', '/webhook/apple', { key: server.keys.client, json })
  expect(body).toEqual({ stored: pushed.length, unchanged: 0, ignored: [], rejected: [] })

  const shapes: Record<string, unknown> = {}
  for (const shape of new Set(pushed.map(([, , path]) => path.split('.')[0]!))) {
    const answer = await call(server, 'GET', `/${shape}?userId=${userId}&date=${DATE}`, { key: server.keys.live })
    shapes[shape] = answer.body[0]
  }
  const at = (path: string) => path.split('.').reduce<any>((within, member) => within?.[member], shapes)
  expect(pushed.map(([name, , path]) => [name, at(path)])).toEqual(pushed.map(([name, , , answer]) => [name, answer]))
})
