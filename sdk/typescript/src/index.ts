export { PulsewellClient, type PulsewellClientOptions } from './client.ts'
export { PulsewellError } from './errors.ts'
export type * from './generated/schemas.ts'
export type { CamelCased } from './http/camel-case.ts'
export type { DayRange, List, ListParameters, Page } from './http/house-list.ts'
export type { PagedList } from './http/paged-list.ts'
export type { RetryOptions } from './http/retry.ts'
export type { CreateOptions, Fetch, RequestOptions } from './http/transport.ts'
export type { BatteryFilters } from './resources/batteries.ts'
export type { ChangeFilters } from './resources/changes.ts'
export type { DayParameters } from './resources/days.ts'
export type { ParticipantDayFilters, ParticipantFilters } from './resources/participants.ts'
export type { SampleFilters, SampleSpan } from './resources/samples.ts'
export type { SessionFilters } from './resources/sessions.ts'
export type { StudyFilters } from './resources/studies.ts'
export type { WebhookDeliveryFilters, WebhookFilters, WebhookRecoveryFilters } from './resources/webhooks.ts'
export type {
  DeviceType,
  RejectedSample,
  SampleInput,
  SampleType,
  UploadOptions,
  UploadProgress,
  UploadRecord,
  UploadResult,
  Wearer,
} from './upload/types.ts'
export { UploadError } from './upload/upload-error.ts'
export { VERSION as version } from './version.ts'
export type {
  DevicesUser,
  DevicesWebhook,
  HealthData,
  ProviderChange,
  WebhookEvent,
  WebhookPayload,
} from './webhooks/events.ts'
export {
  type WebhookBody,
  type WebhookHeaders,
  WebhookVerificationError,
  WebhookVerifier,
} from './webhooks/webhook-verifier.ts'
