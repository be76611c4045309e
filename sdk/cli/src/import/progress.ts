const BAR_WIDTH = 24
const ERASE_LINE = '\r\x1b[K'
const DRAW_MS = 100
const LINE_MS = 5000
/** What a rate is taken over. */
const WINDOW_MS = 5000
const MB = 1e6

export type Progress = {
  /** More of the input was read. */
  addBytes: (bytes: number) => void
  /** So many samples are done, all together. */
  setSamples: (samples: number) => void
  /** Ends the line that is being drawn. */
  stop: () => void
}

/** Shows on `out` how far an import is: on a terminal in one line, elsewhere in a line every five seconds. */
export function showProgress(out: NodeJS.WriteStream, totalBytes: number, now = () => performance.now()): Progress {
  const begin = now()
  let bytes = 0
  let samples = 0
  const marks = [{ at: begin, samples: 0 }]
  const line = () => {
    const at = now()
    marks.push({ at, samples })
    while (marks.length > 2 && at - marks[0]!.at > WINDOW_MS) marks.shift()
    const rate = ((samples - marks[0]!.samples) / Math.max(1, at - marks[0]!.at)) * 1000
    return describeProgress({ bytes, totalBytes, samples, rate, elapsedMs: at - begin })
  }
  const draw = () => out.write(out.isTTY ? `${ERASE_LINE}${fit(line(), out.columns)}` : `${line()}\n`)
  const timer = setInterval(draw, out.isTTY ? DRAW_MS : LINE_MS).unref()
  return {
    addBytes: (more) => void (bytes += more),
    setSamples: (all) => void (samples = all),
    stop: () => {
      clearInterval(timer)
      if (!out.isTTY) return
      draw()
      out.write('\n')
    },
  }
}

type State = { bytes: number; totalBytes: number; samples: number; rate: number; elapsedMs: number }

/** `██████░░░░ 42 %  840 of 2,000 MB  2,100,000 samples  152,000/s  0:12 left`; the rate in samples a second. */
export function describeProgress({ bytes, totalBytes, samples, rate, elapsedMs }: State): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes)
  const filled = Math.floor(share * BAR_WIDTH)
  const left = share === 0 ? '?:??' : clock((elapsedMs / share) * (1 - share))
  return [
    `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(share * 100)} %`,
    `${number(Math.min(bytes, totalBytes) / MB)} of ${number(totalBytes / MB)} MB`,
    `${number(samples)} samples`,
    `${number(rate)}/s`,
    `${left} left`,
  ].join('  ')
}

const number = (value: number) => Math.round(value).toLocaleString('en')
const fit = (text: string, columns = 80) => text.slice(0, Math.max(10, columns - 1))

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const tail = String(seconds % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}
