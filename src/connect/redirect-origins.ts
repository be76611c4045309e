import { z } from 'zod'
import type { PrismaClient } from '../database/prisma.ts'
import { isRedirectOrigin } from './redirect-urls.ts'

const MAX_ORIGINS = 50

export const ConnectSettings = z
  .strictObject({
    redirectOrigins: z
      .array(
        z
          .string()
          .max(300)
          .refine(isRedirectOrigin, 'must be an origin such as https://app.example.org, or http://localhost:8080'),
      )
      .max(MAX_ORIGINS)
      .describe('Where the widget may send browsers: redirectUrl and failRedirectUrl have to be of one of them.'),
  })
  .meta({ id: 'ConnectSettings' })
export type ConnectSettings = z.infer<typeof ConnectSettings>

/** Of one environment of an account. */
export async function readRedirectOrigins(prisma: PrismaClient, tenantId: string): Promise<string[]> {
  const { redirectOrigins } = await prisma.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { redirectOrigins: true },
  })
  return redirectOrigins
}

export async function writeRedirectOrigins(
  prisma: PrismaClient,
  tenantId: string,
  origins: string[],
): Promise<string[]> {
  const redirectOrigins = [...new Set(origins)]
  await prisma.tenant.update({ where: { id: tenantId }, data: { redirectOrigins } })
  return redirectOrigins
}
