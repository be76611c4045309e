import { AppError, type ErrorCode } from '../../errors.ts'

/** What a request is refused for, with the field that it names: `data.attributes.name`, or a parameter. */
export const refusal = (code: ErrorCode, field: string, reason: string): AppError =>
  new AppError(code, `${field} ${reason}`, { details: [{ field, reason }] })
