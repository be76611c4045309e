import { z } from 'zod'
import { apple } from './apple.ts'
import { cronometer } from './cronometer.ts'
import { dexcom } from './dexcom.ts'
import { fitbit } from './fitbit.ts'
import { garmin } from './garmin.ts'
import { google } from './google.ts'
import { oura } from './oura.ts'
import { tenovi } from './tenovi.ts'
import { whoop } from './whoop.ts'
import { withings } from './withings.ts'

/** Every provider there is. A new one is a file beside this one and an entry here. */
export const providers = [apple, cronometer, dexcom, fitbit, garmin, google, oura, tenovi, whoop, withings] as const

export const ProviderName = z.enum(providers.map((provider) => provider.name)).meta({ id: 'Provider' })
export type ProviderName = z.infer<typeof ProviderName>
