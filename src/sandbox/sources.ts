import type { DeviceKind } from '../samples/device-kinds.ts'
import type { DataType } from '../samples/types/sample-types.ts'

/** A device that watches somebody, and what it makes of that. */
export type Device = {
  name: string
  version?: string
  kind: DeviceKind
  /** A phone counts what is done while it is carried; what hangs on a wall sees nothing of the day. */
  sees: 'all' | 'carried'
  /** How far off its counts are, as a share; each device has its own. */
  error: number
  /** How often it writes down a heart rate when nothing happens, in minutes. */
  bpmEvery: number
  /** How long its intervals of counts are, in minutes. */
  countsEvery: number
  types: readonly DataType[]
}

const night = ['sleep', 'resting_bpm', 'respiratory_rate'] as const
const movement = ['steps', 'distance', 'floors', 'active_energy', 'basal_energy'] as const
const exercise = ['workout', 'workout_distance', 'workout_energy'] as const

const watch = { kind: 'watch', sees: 'all', error: 0.03, bpmEvery: 5, countsEvery: 1 } as const
const phone = { kind: 'phone', sees: 'carried', error: 0.05, bpmEvery: 0, countsEvery: 5 } as const
const other = { kind: 'other', sees: 'all', error: 0, bpmEvery: 0, countsEvery: 1 } as const
const scale = { ...other, types: ['weight', 'body_fat'] } as const

/** What each provider's sandbox has: the same life, as other devices see it. */
export const sources: Readonly<Record<string, readonly Device[]>> = {
  apple: [
    { ...phone, name: 'iPhone', version: '26.1', types: ['steps', 'distance', 'floors'] },
    {
      ...watch,
      name: 'Apple Watch',
      version: '26.1',
      types: ['bpm', ...movement, ...night, ...exercise, 'hrv_sdnn', 'spo2', 'vo2_max'],
    },
  ],
  cronometer: [{ ...other, name: 'Cronometer', types: ['energy_intake', 'carbs', 'protein', 'fat', 'fiber', 'water'] }],
  dexcom: [{ ...other, name: 'Dexcom G7', types: ['blood_glucose'] }],
  fitbit: [
    {
      ...watch,
      name: 'Fitbit Charge 6',
      kind: 'band',
      types: ['bpm', ...movement, ...night, ...exercise, 'hrv_rmssd', 'spo2'],
    },
    { ...scale, name: 'Fitbit Aria Air' },
  ],
  garmin: [
    {
      ...watch,
      name: 'Garmin Forerunner 265',
      countsEvery: 15,
      bpmEvery: 2,
      types: ['bpm', ...movement, ...night, ...exercise, 'spo2', 'vo2_max'],
    },
  ],
  google: [{ ...phone, name: 'Pixel 10', types: ['steps', 'distance'] }],
  oura: [
    {
      ...watch,
      name: 'Oura Ring',
      kind: 'ring',
      error: 0.06,
      countsEvery: 5,
      types: [
        'bpm',
        'steps',
        'active_energy',
        ...night,
        'hrv_rmssd',
        'spo2',
        'skin_temperature',
        'workout',
        'workout_energy',
      ],
    },
  ],
  tenovi: [
    { ...other, name: 'Tenovi BPM', types: ['blood_pressure_systolic', 'blood_pressure_diastolic'] },
    { ...other, name: 'Tenovi Scale', types: ['weight'] },
  ],
  whoop: [
    {
      ...watch,
      name: 'WHOOP 5.0',
      kind: 'band',
      bpmEvery: 1,
      types: [
        'bpm',
        'active_energy',
        'basal_energy',
        ...night,
        'hrv_rmssd',
        'spo2',
        'skin_temperature',
        'workout',
        'workout_energy',
      ],
    },
  ],
  withings: [
    {
      ...watch,
      name: 'Withings ScanWatch',
      bpmEvery: 10,
      countsEvery: 5,
      types: ['bpm', 'steps', 'distance', ...night, 'workout'],
    },
    { ...scale, name: 'Withings Body+' },
  ],
}
