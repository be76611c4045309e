import { type DeviceKind, isReservedName } from '../../samples/device-kinds.ts'
import type { DataSource } from './schemas.ts'

/**
 * Which of a person's points a provider reads. `fitbit` and `google` are two names for one account at Google; every point
 * belongs to exactly one of them, so that somebody who connects both has nothing twice.
 */
export type Source = {
  /** Whether points that a platform uploaded are this provider's. */
  isOwn: (platform: string | undefined) => boolean
  /** Whether it reads what is told for all trackers together, with no data source: floors. */
  readsReconciled: boolean
  /** What a device is called that has no name. */
  deviceName: string
}

/**
 * `DataSource.platform` of the discovery document: from Fitbit's trackers, Pixel watches and app, and what was entered
 * there. A point with no platform is Fitbit's: basal energy comes without one, and Fitbit computes it.
 */
const fitbitPlatforms = new Set<string | undefined>(['FITBIT', 'FITBIT_WEB_API', 'PLATFORM_UNSPECIFIED', undefined])

export const fitbitSource: Source = {
  isOwn: (platform) => fitbitPlatforms.has(platform),
  readsReconciled: true,
  deviceName: 'Fitbit',
}

/** All else: Health Connect, HealthKit, Google Fit, Nest, partners, and platforms that are new. */
export const googleSource: Source = {
  isOwn: (platform) => !fitbitPlatforms.has(platform),
  readsReconciled: false,
  deviceName: 'Google Health',
}

/** `Device.formFactor`; one that is not here says nothing of merging. */
const kindOfForm: Record<string, DeviceKind> = {
  FITNESS_BAND: 'band',
  WATCH: 'watch',
  PHONE: 'phone',
  RING: 'ring',
  CHEST_STRAP: 'other',
  SCALE: 'other',
  TABLET: 'other',
  HEAD_MOUNTED: 'other',
  SMART_DISPLAY: 'other',
}

/** The device that recorded a point. All parts of a data source are optional: what it has, the first of them names it. */
export function deviceOf(dataSource: DataSource | undefined, source: Source) {
  const { device, application } = dataSource ?? {}
  const form = device?.formFactor ?? ''
  const kind = kindOfForm[form]
  const described = device?.manufacturer && kind ? `${device.manufacturer} ${readable(form)}` : device?.manufacturer
  const name = [device?.displayName, described, application?.packageName].map(tidy).find((text) => text !== '')
  return {
    device_name: name ?? source.deviceName,
    ...(kind === undefined ? {} : { device_type: kind }),
  }
}

const readable = (form: string) => form.toLowerCase().replaceAll('_', ' ')

/** As a device's name may be: Postgres stores no NUL, and the names of merged totals are no device's. */
function tidy(text = ''): string {
  const name = text.replaceAll('\0', '').trim().slice(0, 200).toWellFormed()
  return isReservedName(name) ? '' : name
}
