import { z } from 'zod'

/** Which types of events an endpoint is told of. */
export const EventPattern = z
  .string()
  .max(100)
  .regex(/^(?:\*|(?:[a-z_-]+\.)+(?:[a-z_-]+|\*))$/, 'must be *, a type such as devices.health-data, or devices.*')
  .describe('`devices.health-data` for one type, `devices.*` for all that begin so, `*` for every one.')

/** Whether a pattern stands for a type of event. */
export function matchesType(pattern: string, type: string): boolean {
  if (pattern === '*') return true
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
}
