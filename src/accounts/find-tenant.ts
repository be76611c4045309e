import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import * as sql from './keys.sql.ts'
import type { Tenant } from './schemas.ts'

/** Undefined once its account is deleted. */
export const findTenant = async (pool: Pool, id: string): Promise<Tenant | undefined> =>
  (await query<Tenant>(pool, sql.selectTenant, [id]))[0]
