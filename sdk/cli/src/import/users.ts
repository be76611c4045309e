import type { PulsewellClient } from '@pulsewell/sdk'
import { type ImportFlags, usageError } from './options.ts'

/** Whose the samples of a file are. Throws where the flags do not say it, before anything is sent. */
export type Users = {
  /** Judges that samples of `user` may come; undefined is a file without a column of users. */
  check: (user: string | undefined) => void
  /** The server's id; the user is made where there is none yet. */
  idOf: (user: string | undefined) => Promise<string>
  /** Of all users so far, the id that the partner has for them, or the server's. */
  names: Set<string>
}

const MAX_USERS = 100_000

/** `client` is asked for them; undefined in a dry run, which needs no ids. */
export function openUsers(client: PulsewellClient | undefined, flags: ImportFlags, signal: AbortSignal): Users {
  const { user, userId, userPrefix } = flags
  if ([user, userId, userPrefix].filter((given) => given !== undefined).length > 1) {
    throw usageError('Give one of --user, --user-id and --user-prefix.')
  }
  const ids = new Map<string, Promise<string>>()
  const names = new Set<string>()
  const nameOf = (inFile: string | undefined): string =>
    inFile === undefined ? (user ?? userId ?? '') : `${userPrefix ?? ''}${inFile}`
  const find = async (name: string): Promise<string> => {
    if (client === undefined) throw new Error('a dry run asked for a user')
    if (userId === undefined) return (await client.users.create({ appUserId: name }, { signal })).userId
    // Says now that there is no such user, and not after the first batch.
    await client.users.providers(userId, { signal })
    return userId
  }
  return {
    names,
    check: (inFile) => {
      judge(inFile, flags)
      names.add(nameOf(inFile))
      if (names.size > MAX_USERS) throw usageError(`The file has more than ${MAX_USERS} users.`)
    },
    idOf: (inFile) => {
      const name = nameOf(inFile)
      const id = ids.get(name) ?? find(name)
      ids.set(name, id)
      return id
    },
  }
}

function judge(inFile: string | undefined, { user, userId, userPrefix, dryRun }: ImportFlags): void {
  if (inFile === '') throw usageError('The file has a row without a user.')
  if (dryRun === true) return
  if (inFile !== undefined && userPrefix === undefined) {
    throw usageError(
      `The file has data of several people, by id (the first: ${inFile}). Say --user-prefix study- to import each as the user study-<id>; --user-prefix "" takes the ids as they are.`,
    )
  }
  if (inFile === undefined && user === undefined && userId === undefined) {
    throw usageError("Say whose data it is: --user <your own id for them>, or --user-id <the server's>.")
  }
}
