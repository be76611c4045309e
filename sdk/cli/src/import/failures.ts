/** Something that whoever runs the command can see to: shown without a stack. `exitCode` says of which sort it is. */
export class ImportError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What the process ends with. */
export const exitCodes = {
  done: 0,
  /** The server or the network did not let it finish; the same command goes on. */
  failed: 1,
  /** An option is missing or wrong. */
  usage: 2,
  /** The file cannot be read, is of no known form, or ends in the middle. */
  file: 3,
  /** The server will not have it, and would not the next time: the key, the user or the provider is not known there. */
  refused: 4,
  /** Ctrl-C, as a shell says it. */
  interrupted: 130,
} as const

/** A file that is not what it should be. */
export class UnreadableFileError extends ImportError {
  constructor(message: string) {
    super(message, exitCodes.file)
  }
}
