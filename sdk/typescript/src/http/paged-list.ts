/**
 * What a list answers: awaited, one page; with `for await`, every item from there on, fetched page by page as they are
 * asked for; `pages()` gives the pages themselves. Nothing is sent before one of these is asked.
 */
export class PagedList<Item, Page extends { data: Item[] }> implements PromiseLike<Page>, AsyncIterable<Item> {
  readonly #walk: (isWalk: boolean) => AsyncGenerator<Page>
  #first: Promise<Page> | undefined

  /** `walk` gives page after page; `isWalk` is false where only the first will be taken. */
  constructor(walk: (isWalk: boolean) => AsyncGenerator<Page>) {
    this.#walk = walk
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is awaited for one page
  then<Result = Page, Failure = never>(
    onPage?: ((page: Page) => Result | PromiseLike<Result>) | null,
    onError?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    this.#first ??= this.#takeFirst()
    return this.#first.then(onPage, onError)
  }

  /** Page after page, each fetched when it is asked for. */
  pages(): AsyncGenerator<Page> {
    return this.#walk(true)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for await (const page of this.pages()) yield* page.data
  }

  async #takeFirst(): Promise<Page> {
    const { value } = await this.#walk(false).next()
    return value as Page
  }
}
