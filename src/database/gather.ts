type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (reason: unknown) => void }

/** Calls under way at a time: one is answered by the server while another is made ready. */
const AT_ONCE = 2
/** When those are stuck behind somebody's lock, so long is waited for them, and so many more are made. */
const PATIENCE_MS = 5
const MOST_AT_ONCE = 6

/**
 * Makes one call of many: what is asked for while calls are under way waits for the next, which asks for all of it. Where
 * nothing is under way nothing waits. `run` answers each item in turn; when it fails for several, each is tried alone, so
 * that nobody fails because of another. Under load a query costs the server and this process more than what it asks for.
 */
export function gather<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let underWay = 0
  let timer: NodeJS.Timeout | undefined

  const next = async (atOnce: number) => {
    if (waiting.length === 0) return
    if (underWay >= atOnce) {
      timer ??= setTimeout(() => {
        timer = undefined
        void next(MOST_AT_ONCE)
      }, PATIENCE_MS)
      return
    }
    underWay++
    try {
      await settle(run, waiting.splice(0, most))
    } finally {
      underWay--
      void next(AT_ONCE)
    }
  }
  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      void next(AT_ONCE)
    })
}

/** Never rejects. */
async function settle<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  asked: Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await run(asked.map(({ item }) => item))
    for (const [index, { resolve }] of asked.entries()) resolve(results[index]!)
  } catch (error) {
    if (asked.length === 1) asked[0]!.reject(error)
    else await Promise.all(asked.map((one) => settle(run, [one])))
  }
}
