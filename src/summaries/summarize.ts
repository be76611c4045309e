import type { ProviderDay } from './provider-days.ts'
import type { Activity, Biometrics } from './schemas.ts'

/**
 * A provider's day in the Devices API's shape of activity. Of a day whose samples were all deleted it says that nothing
 * is left; undefined when the provider never had any.
 */
export function toActivity({ provider, steps, ...day }: ProviderDay, date: string): Activity | undefined {
  if (steps === undefined && !('heartRate' in day)) return undefined
  return {
    metadata: { date, source: provider },
    summary: {
      ...(steps === undefined ? {} : { movement: { steps_count: steps } }),
      ...(day.heartRate === undefined ? {} : { biometrics: { heart_rate: day.heartRate } }),
    },
  }
}

/** The same in the shape of biometrics. */
export function toBiometrics({ provider, ...day }: ProviderDay, date: string): Biometrics | undefined {
  if (!('heartRate' in day)) return undefined
  return {
    metadata: { date, source: provider },
    ...(day.heartRate === undefined ? {} : { heart_rate: day.heartRate }),
  }
}

/** Whether anything is left of a day: one whose samples were all deleted is told by webhook, and not answered. */
export const hasActivity = ({ steps = 0, heartRate }: ProviderDay): boolean => steps > 0 || heartRate !== undefined

export const hasBiometrics = ({ heartRate }: ProviderDay): boolean => heartRate !== undefined
