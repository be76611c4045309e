import { type Plan, type PointName, points, type Role } from './points.ts'
import type { Random } from './random.ts'

/** What is still to be reached, and what was: each point so many times. */
export type Plans = {
  /** The next plan for a process of this role; none when every point was reached often enough. */
  next: (role: Role) => Plan | undefined
  /** A process ended before it reached its point. */
  giveBack: (plan: Plan) => void
  count: (point: PointName) => void
  hits: Map<PointName, number>
  areDone: () => boolean
}

export function drawPlans(random: Random, times: number): Plans {
  const names = Object.keys(points) as PointName[]
  const hits = new Map(names.map((name) => [name, 0]))
  const rounds = Array.from({ length: times }, () => random.shuffle(names)).flat()
  const waiting = rounds.map((point): Plan => ({ point, nth: random.upTo(points[point].upTo), signal: 'SIGKILL' }))
  return {
    next: (role) => {
      const index = waiting.findIndex(({ point }) => points[point].role === role)
      return index === -1 ? undefined : waiting.splice(index, 1)[0]
    },
    giveBack: (plan) => void waiting.unshift(plan),
    count: (point) => void hits.set(point, (hits.get(point) ?? 0) + 1),
    hits,
    areDone: () => [...hits.values()].every((count) => count >= times),
  }
}
