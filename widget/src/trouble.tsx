import type { Failure } from './api.ts'
import type { Arrival } from './parameters.ts'
import { words } from './words.ts'

/** Above the list, which stays: what was just tried did not work. */
export function Trouble({ failure }: { failure: Failure }) {
  return (
    <div class="trouble" role="alert">
      <Explanation failure={failure} />
    </div>
  )
}

type WayOutProps = { failure: Failure; arrival: Arrival | undefined; onRetry: () => void }

/** In place of the list. The page's heading says what is wrong, unless it tells how the way back ended. */
export function WayOut({ failure, arrival, onRetry }: WayOutProps) {
  const { kind } = failure
  // In another browser than the one it began in, there is no token, and nothing more to do either.
  if (arrival?.result === 'connected' && kind === 'missing') return null
  return (
    <>
      {arrival === undefined ? (
        <Detail failure={failure} />
      ) : (
        <div class="trouble is-calm">
          <Explanation failure={failure} />
        </div>
      )}
      {kind === 'missing' || kind === 'expired' ? null : (
        <button type="button" class="button is-main is-wide" onClick={onRetry}>
          {words.tryAgain}
        </button>
      )}
    </>
  )
}

function Explanation({ failure }: { failure: Failure }) {
  const { title, text } = words.problems[failure.kind]
  return (
    <>
      <h2>{title}</h2>
      <p>{failure.seconds === undefined ? text : words.limitedFor(failure.seconds)}</p>
      <Detail failure={failure} />
    </>
  )
}

const Detail = ({ failure: { detail } }: { failure: Failure }) =>
  detail === undefined ? null : <p class="detail">{detail}</p>
