import type { FailureKind } from './api.ts'
import { Mark } from './mark.tsx'
import type { News } from './parameters.ts'

const SIZE = 64

/** Above the news of how the way to a provider and back ended. The heading says it, so screen readers skip it. */
export function ResultSign({ result, provider }: News) {
  const isGood = result === 'connected' || result === 'already'
  return (
    <div class={isGood ? 'sign is-good' : 'sign is-bad'} aria-hidden="true">
      <Mark name={provider} size={SIZE} />
      <svg class="sign-badge" width="28" height="28" viewBox="0 0 28 28">
        <circle cx="14" cy="14" r="14" />
        <path d={isGood ? 'M8 14.5l4 4 8-8.5' : 'M14 7.5v8M14 20v.01'} />
      </svg>
    </div>
  )
}

const CLOCK = 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4l3 2'
const LINK = 'M10 14l4-4M9 8.5l2-2a4.5 4.5 0 0 1 6.5 6.5l-2 2M15 15.5l-2 2a4.5 4.5 0 0 1-6.5-6.5l2-2'
const EXCLAMATION = 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.5M12 15.8v.010'

const problems: Record<FailureKind, string> = {
  missing: LINK,
  expired: CLOCK,
  limited: CLOCK,
  unreachable: 'M4.5 10a11 11 0 0 1 15 0M7.5 13.5a6.5 6.5 0 0 1 9 0M12 17.5v.010M4 4l16 16',
  server: EXCLAMATION,
  refused: EXCLAMATION,
}

/** Above the heading that says why there is no list. */
export function ProblemSign({ kind }: { kind: FailureKind }) {
  return (
    <svg class="sign is-problem" width={SIZE} height={SIZE} viewBox="0 0 44 44" aria-hidden="true">
      <rect width="44" height="44" rx="13" />
      <path transform="translate(10 10)" d={problems[kind]} />
    </svg>
  )
}
