import type { Transport } from '../http/transport.ts'
import type { SampleInput, UploadOptions, UploadResult } from '../upload/types.ts'
import { uploadSamples } from '../upload/upload-samples.ts'

export class Samples {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Sends any number of samples in batches, several at once; lazily, so that memory stays flat. Samples that are stored
   * already are `unchanged`: an upload may be run again. Throws `UploadError`, which says what was done.
   */
  upload(samples: Iterable<SampleInput> | AsyncIterable<SampleInput>, options: UploadOptions): Promise<UploadResult> {
    return uploadSamples(this.#transport, samples, options)
  }
}
