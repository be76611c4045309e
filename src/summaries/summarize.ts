import type { ProviderDay } from './provider-days.ts'
import type { Activity, Biometrics } from './schemas.ts'

/** A provider's day in the Devices API's shape of activity; undefined when it has nothing to do with activity. */
export function toActivity({ provider, steps, heartRate }: ProviderDay, date: string): Activity | undefined {
  if (steps === undefined && heartRate === undefined) return undefined
  return {
    metadata: { date, source: provider },
    summary: {
      ...(steps === undefined ? {} : { movement: { steps_count: steps } }),
      ...(heartRate === undefined ? {} : { biometrics: { heart_rate: heartRate } }),
    },
  }
}

/** A provider's day in the Devices API's shape of biometrics; undefined when it has no heart rate. */
export function toBiometrics({ provider, heartRate }: ProviderDay, date: string): Biometrics | undefined {
  if (heartRate === undefined) return undefined
  return { metadata: { date, source: provider }, heart_rate: heartRate }
}

/** Whether anything is left of a day: one whose samples were all deleted is told by webhook, and not answered. */
export const hasData = ({ steps = 0, heartRate }: ProviderDay): boolean => steps > 0 || heartRate !== undefined
