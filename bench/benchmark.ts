import { type Command, InvalidArgumentError } from 'commander'

/** One benchmark: a subcommand with its options. A new one is a folder beside `ingest` and an entry in main.ts. */
export type Benchmark = {
  name: string
  /** `signal` is aborted by Ctrl-C: give up, but clean up. */
  command: (signal: AbortSignal) => Command
}

/** Progress goes to stderr: stdout has the result alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a positive whole number.')
  return value
}

export const positiveIntegers = (text: string): number[] => text.split(',').map(positiveInteger)
