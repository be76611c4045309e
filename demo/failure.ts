import { constants } from 'node:os'

/** A reason to stop that the person at the terminal can act on; printed without a stack. */
export class DemoFailure extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.name = 'DemoFailure'
    this.exitCode = exitCode
  }
}

/** What is under way ends with this when a signal arrives. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`)
    this.name = 'Interrupted'
    this.exitCode = 128 + constants.signals[signal]
  }
}
