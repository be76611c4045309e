export { PulsewellClient, type PulsewellClientOptions } from './client.ts'
export { PulsewellError } from './errors.ts'
export type * from './generated/schemas.ts'
export type { RetryOptions } from './http/retry.ts'
export type { CreateOptions, RequestOptions } from './http/transport.ts'
export type {
  DeviceType,
  RejectedSample,
  SampleInput,
  SampleType,
  UploadOptions,
  UploadProgress,
  UploadRecord,
  UploadResult,
} from './upload/types.ts'
export { UploadError } from './upload/upload-error.ts'
export { VERSION as version } from './version.ts'
