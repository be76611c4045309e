export { openUploadRecord } from './node/upload-record.ts'
