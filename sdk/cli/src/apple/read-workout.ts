import { count, type Tally } from '../import/tally.ts'
import type { DataType, Sample } from '../sample.ts'
import { workoutKinds } from './kinds.ts'
import { quantityTypes } from './quantity-types.ts'
import { type Attributes, lasts, placeSample, skip } from './read-record.ts'
import { conversionOf, energies, lengths, type Units, withoutNoise } from './units.ts'

const ENERGY = 'HKQuantityTypeIdentifierActiveEnergyBurned'

/** Of each type, the attributes of its `WorkoutStatistics`. */
export type Statistics = ReadonlyMap<string, Attributes>

/** A `Workout` with its `WorkoutStatistics` → the workout itself, and what was burned and covered during it. */
export function readWorkout(workout: Attributes, statistics: Statistics, tally: Tally): Sample[] {
  const activity = workout['workoutActivityType'] ?? ''
  const kind = workoutKinds.get(activity)
  if (kind === undefined) count(tally.unknown, `${activity}, taken as other`)
  const placed = placeSample('workout', workout)
  if (typeof placed === 'string') return skip(tally, 'Workout', placed) ?? []
  if (!lasts(placed)) return skip(tally, 'Workout', 'ends when it starts') ?? []
  const totals = [
    total('workout_energy', energies, findEnergy(workout, statistics)),
    total('workout_distance', lengths, findDistances(workout, statistics)),
  ]
  return [
    { ...placed, kind: kind ?? 'other' },
    ...totals.flatMap((measured) => (measured === undefined ? [] : [{ ...placed, ...measured }])),
  ]
}

type Found = [value: string | undefined, unit: string | undefined]

/** Of which statistics the sums are read: a workout with any number of others does not fill the memory. */
export const isTotal = (type: string): boolean => type === ENERGY || quantityTypes.get(type)?.dataType === 'distance'

/** Since iOS 16 the sums are elements of their own; before, attributes of the workout. */
function findEnergy(workout: Attributes, statistics: Statistics): Found[] {
  const energy = statistics.get(ENERGY)
  return [
    energy === undefined
      ? [workout['totalEnergyBurned'], workout['totalEnergyBurnedUnit']]
      : [energy['sum'], energy['unit']],
  ]
}

/** A triathlon has one for swimming, one for cycling, and one for running. */
function findDistances(workout: Attributes, statistics: Statistics): Found[] {
  const distances = [...statistics].filter(([type]) => type !== ENERGY)
  return distances.length === 0
    ? [[workout['totalDistance'], workout['totalDistanceUnit']]]
    : distances.map(([, { sum, unit }]) => [sum, unit])
}

/** Their sum, in the first one's unit. Workouts without a distance say 0: that is nothing left out. */
function total(data_type: DataType, units: Units, found: Found[]) {
  const known = found.flatMap(([text, name = '']) => {
    const conversion = conversionOf(units, name)
    const value = text === undefined ? Number.NaN : (conversion?.convert(Number(text)) ?? Number.NaN)
    return value > 0 && Number.isFinite(value) ? [{ value, unit: conversion!.unit }] : []
  })
  const [first, ...more] = known
  if (first === undefined) return undefined
  const value = more.reduce((sum, part) => sum + inUnit(part, first.unit), first.value)
  return { data_type, value: more.length === 0 ? value : withoutNoise(value), unit: first.unit }
}

/** Lengths alone come in two units here, m and km. */
const inUnit = ({ value, unit }: { value: number; unit: string }, wanted: string) =>
  unit === wanted ? value : unit === 'km' ? value * 1000 : value / 1000
