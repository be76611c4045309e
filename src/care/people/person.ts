import { z } from 'zod'
import { text } from '../../http/schemas.ts'

export const BirthDate = z.iso
  .date()
  .refine((date) => date >= '1850-01-01' && date < '2100-01-01', 'must be from 1850 to 2099')
export const Gender = z.enum(['male', 'female', 'other'])
export const EmailAddress = z.email().max(320)

export const PhoneNumber = z.strictObject({
  type: z.enum(['home', 'work', 'mobile', 'home-fax', 'work-fax', 'other']),
  value: text(100),
  primary: z.boolean(),
})

const line = text(300, 0).optional()
export const Address = z.strictObject({
  city: line,
  state: line,
  postal_code: line,
  lines: z.array(text(300, 0)).max(10).optional(),
  use: line,
  type: line,
  text: text(2000, 0).optional(),
  district: line,
  country: line,
})

export const ArchiveHistory = z.object({
  archived: z.boolean(),
  modified_at: z.string(),
  reason: z.string().optional(),
  notes: z.string().optional(),
})

export const Statement = z.object({ value: z.string(), updated_at: z.string(), updated_by: z.string() })

export const Identifier = z.strictObject({
  label: text(300, 0).optional(),
  system: text(300),
  value: text(300),
  unique: z.boolean().optional(),
})
