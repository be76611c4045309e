import { AppError } from '../errors.ts'

/** Where each status may lead. Begins with the one that is first. */
export const studyOrder = { draft: ['active'], active: ['closed'], closed: [] } as const

export const participantOrder = {
  invited: ['screening', 'withdrawn'],
  screening: ['enrolled', 'withdrawn'],
  enrolled: ['completed', 'withdrawn'],
  completed: [],
  withdrawn: [],
} as const

export const sessionOrder = {
  scheduled: ['in_progress', 'cancelled'],
  in_progress: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
} as const

/** Throws `conflict` where one status does not follow the other; each follows once, and none itself. */
export function requireStep<Status extends string>(
  order: Record<Status, readonly Status[]>,
  from: Status,
  to: Status,
): void {
  if (order[from].includes(to)) return
  const next = order[from].join(' or ')
  throw refuse('conflict', 'status', `${from} is followed by ${next === '' ? 'nothing' : next}, not by ${to}`)
}

/** What a request is refused for, and the field that it names. */
export const refuse = (code: 'conflict' | 'not_found' | 'validation_error', field: string, reason: string): AppError =>
  new AppError(code, `${field}: ${reason}`, { details: [{ field, reason }] })
