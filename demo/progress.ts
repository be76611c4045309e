import { styleText } from 'node:util'

const LABEL_WIDTH = 10
const ERASE_LINE = '\r\x1b[K'

/** One line of progress. */
export type Step = {
  /** Says how far it is: on a terminal in the same line, elsewhere in a line of its own. */
  update: (text: string) => void
  done: (text: string) => void
  failed: (text: string) => void
}

export type Progress = {
  begin: (label: string, text: string) => Step
  /** Ends a line that a failed step left open. */
  close: () => void
}

export function openProgress(out: NodeJS.WriteStream): Progress {
  let isOpen = false
  let lastLine = ''
  const show = (mark: string, label: string, text: string, isLast: boolean) => {
    const line = `${mark} ${label.padEnd(LABEL_WIDTH)}${text}`
    if (line === lastLine) return
    lastLine = line
    out.write(out.isTTY ? `${ERASE_LINE}${line}${isLast ? '\n' : ''}` : `${line}\n`)
    isOpen = out.isTTY && !isLast
  }
  return {
    begin: (label, text) => {
      const update = (now: string) => show('·', label, now, false)
      update(text)
      return {
        update,
        done: (result) => show(styleText('green', '✔', { stream: out }), label, result, true),
        failed: (result) => show(styleText('red', '✘', { stream: out }), label, result, true),
      }
    },
    close: () => {
      if (isOpen) out.write('\n')
      isOpen = false
    },
  }
}

const BAR_WIDTH = 20

/** `████░░░░ 1000 of 2119` */
export function bar(done: number, total: number): string {
  const filled = Math.floor((done / total) * BAR_WIDTH)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done} of ${total}`
}

export const seconds = (sinceMs: number) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`
