import type { AnyDataType, DeletedSamples, IngestResult, ReadSample, SamplePage } from '../generated/schemas.ts'
import { PagedList } from '../http/paged-list.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'
import { encodeBatch } from '../upload/encode-batch.ts'
import { tokensOf } from '../upload/read-options.ts'
import { sendBatch, withToken } from '../upload/send-batch.ts'
import type { SampleInput, UploadOptions, UploadResult, Wearer } from '../upload/types.ts'
import { uploadSamples } from '../upload/upload-samples.ts'

export type SampleFilters = {
  userId: string
  dataType: AnyDataType
  /** Samples that start in `[start, end)`: ISO 8601 with an offset or `Z`, or dates. */
  start?: string | Date
  end?: string | Date
  /** How many a page has: 1 to 1000. One page has 100 by default; a walk over all takes 1000 at a time. */
  limit?: number
  cursor?: string
}

export type SampleSpan = {
  dataType: AnyDataType
  /** Of this device alone. */
  deviceName?: string
  start: string | Date
  end: string | Date
}

const PATH = '/api/v2/samples'
const LARGEST_PAGE = 1000

export class Samples {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Sends any number of samples in batches, several at once; lazily, so that memory stays flat. Samples that are stored
   * already are `unchanged`: an upload may be run again. Throws `UploadError`, which says what was done.
   */
  async upload(
    samples: Iterable<SampleInput> | AsyncIterable<SampleInput>,
    options: UploadOptions,
  ): Promise<UploadResult> {
    return uploadSamples(this.#transport, samples, options)
  }

  /** Sends one batch: 1 to 1000 samples of one type. `lenient` stores the good ones and lists the bad ones. */
  async send(
    samples: readonly SampleInput[],
    { lenient = false, signal, ...wearer }: Wearer & { lenient?: boolean; signal?: AbortSignal },
  ): Promise<IngestResult> {
    const dataType = samples[0]?.data_type
    if (dataType === undefined) throw new TypeError('a batch has at least one sample')
    const other = samples.findIndex((sample) => sample.data_type !== dataType)
    if (other >= 0) throw new TypeError(`samples 0 and ${other} are of different types: upload() takes them`)
    const body = encodeBatch({ dataType, samples: [...samples], indexes: [...samples.keys()] })
    return sendBatch(this.#transport, tokensOf(this.#transport, wearer, signal), body, { lenient, signal })
  }

  /** The raw samples, in time order: awaited, one page; with `for await`, all of them. */
  list(
    { userId, dataType, start, end, limit, cursor: from }: SampleFilters,
    options: RequestOptions = {},
  ): PagedList<ReadSample, SamplePage> {
    const transport = this.#transport
    const range = { userId, data_type: dataType, start: toText(start), end: toText(end) }
    return new PagedList(async function* (isWalk) {
      for (let cursor: string | null | undefined = from; cursor !== null;) {
        const query = { ...range, limit: limit ?? (isWalk ? LARGEST_PAGE : undefined), cursor }
        const page: SamplePage = await transport.send({ method: 'GET', path: PATH, query, ...options })
        yield page
        cursor = page.next_cursor
      }
    })
  }

  /** Removes what the token's user and provider have in `[start, end)`. */
  delete(
    { dataType, deviceName, start, end }: SampleSpan,
    { signal, ...wearer }: Wearer & { signal?: AbortSignal },
  ): Promise<DeletedSamples> {
    const json = { data_type: dataType, device_name: deviceName, start: toText(start), end: toText(end) }
    const ending = signal === undefined ? {} : { signal }
    return withToken(tokensOf(this.#transport, wearer, signal), (credential) =>
      this.#transport.send({ method: 'DELETE', path: PATH, json, credential, ...ending }),
    )
  }
}

const toText = (date: string | Date | undefined) => (date instanceof Date ? date.toISOString() : date)
