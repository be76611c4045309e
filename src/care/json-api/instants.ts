import { z } from 'zod'

const [FIRST, LAST] = [Date.UTC(1000, 0, 1), Date.UTC(9999, 11, 31)]

/** ISO 8601 with an offset or Z, of years that can be stored and written again. */
export const Instant = z.iso.datetime({ offset: true }).refine((text) => {
  const ms = Date.parse(text)
  // What is no instant was said already.
  return !(ms < FIRST || ms >= LAST)
}, 'must be from the year 1000 to 9999')
