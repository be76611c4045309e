import { deviceKinds, guessDeviceKind, type DeviceKind } from '../samples/device-kinds.ts'
import type { Source } from './recordings.ts'

export const isMerged = ({ deviceKind }: Pick<Source, 'deviceKind'>): boolean =>
  deviceKind === 'merged_hourly' || deviceKind === 'merged_daily'

export const kindOf = ({ deviceKind, deviceName }: Pick<Source, 'deviceKind' | 'deviceName'>): DeviceKind =>
  deviceKind === null || deviceKind === 'merged_hourly' || deviceKind === 'merged_daily'
    ? guessDeviceKind(deviceName)
    : deviceKind

/**
 * Devices, best first: as the user's `priority` names them or their kinds, a name before a kind; then by kind; then by
 * name, so that the order does not depend on which arrived first.
 */
export function rankDevices<Device extends Pick<Source, 'deviceKind' | 'deviceName' | 'deviceId'>>(
  devices: Device[],
  priority: readonly string[],
): Device[] {
  const rankOf = (device: Device): number => {
    const kind = kindOf(device)
    const named = priority.indexOf(device.deviceName)
    const given = named === -1 ? priority.indexOf(kind) : named
    return given === -1 ? priority.length + deviceKinds.indexOf(kind) : given
  }
  return devices.toSorted(
    (a, b) => rankOf(a) - rankOf(b) || compare(a.deviceName, b.deviceName) || compare(a.deviceId, b.deviceId),
  )
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
