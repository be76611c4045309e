import { count, type Tally } from '../import/tally.ts'
import type { DataType, Sample } from '../sample.ts'
import { workoutKinds } from './kinds.ts'
import { type Attributes, lasts, placeSample, skip } from './read-record.ts'
import { conversionOf, energies, lengths, type Units } from './units.ts'

const DISTANCE = 'HKQuantityTypeIdentifierDistance'
const ENERGY = 'HKQuantityTypeIdentifierActiveEnergyBurned'

/** A `Workout` with its `WorkoutStatistics` → the workout itself, and what was burned and covered during it. */
export function readWorkout(workout: Attributes, statistics: Attributes[], tally: Tally): Sample[] {
  const activity = workout['workoutActivityType'] ?? ''
  const kind = workoutKinds.get(activity)
  if (kind === undefined) count(tally.unknown, `${activity}, taken as other`)
  const placed = placeSample('workout', workout)
  if (typeof placed === 'string') return skip(tally, 'Workout', placed) ?? []
  if (!lasts(placed)) return skip(tally, 'Workout', 'ends when it starts') ?? []
  const totals = [
    total('workout_energy', energies, findEnergy(workout, statistics)),
    total('workout_distance', lengths, findDistance(workout, statistics)),
  ]
  return [
    { ...placed, kind: kind ?? 'other' },
    ...totals.flatMap((measured) => (measured === undefined ? [] : [{ ...placed, ...measured }])),
  ]
}

type Found = [value: string | undefined, unit: string | undefined]

/** Since iOS 16 the sums are elements of their own; before, attributes of the workout. */
function findEnergy(workout: Attributes, statistics: Attributes[]): Found {
  const energy = statistics.find(({ type }) => type === ENERGY)
  return energy === undefined
    ? [workout['totalEnergyBurned'], workout['totalEnergyBurnedUnit']]
    : [energy['sum'], energy['unit']]
}

function findDistance(workout: Attributes, statistics: Attributes[]): Found {
  const distance = statistics.find(({ type }) => type?.startsWith(DISTANCE))
  return distance === undefined
    ? [workout['totalDistance'], workout['totalDistanceUnit']]
    : [distance['sum'], distance['unit']]
}

/** Workouts without a distance say 0: that is nothing left out. */
function total(data_type: DataType, units: Units, [text, unit = '']: Found) {
  const conversion = conversionOf(units, unit)
  if (text === undefined || conversion === undefined) return undefined
  const value = conversion.convert(Number(text))
  return value > 0 && Number.isFinite(value) ? { data_type, value, unit: conversion.unit } : undefined
}
