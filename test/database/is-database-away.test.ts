import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { ConnectionFailure, isDatabaseAway } from '../../src/database/is-database-away.ts'
import { AppError } from '../../src/errors.ts'

const postgres = (code: string) => Object.assign(new DatabaseError('said', 4, 'error'), { code })
const prisma = (code: string, originalCode?: string) =>
  Object.assign(new Error('Prisma said'), {
    code,
    ...(originalCode === undefined ? {} : { meta: { driverAdapterError: { cause: { originalCode } } } }),
  })

test.each<[string, unknown]>([
  ['a connection failure', postgres('08006')],
  ['too many connections', postgres('53300')],
  ['shut down by an operator', postgres('57P01')],
  ['starting up', postgres('57P03')],
  ['a statement that took too long', postgres('57014')],
  ['a connection that pg lost', new ConnectionFailure(new Error('Connection terminated'))],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'].map((code): [string, unknown] => [code, prisma(code)]),
  ['what Postgres told Prisma', prisma('P2039', '57P01')],
])('away: %s', (_, error) => {
  expect(isDatabaseAway(error)).toBe(true)
})

test.each<[string, unknown]>([
  ['a row that is there already', postgres('23505')],
  ['a deadlock', postgres('40P01')],
  ['a code that holds another', postgres('40053')],
  ['a row that Prisma found already', prisma('P2002', '23505')],
  ['a missing row', prisma('P2025')],
  ['an error of ours', new AppError('user_not_found', 'There is no such user.')],
  ['a fault', new TypeError('undefined is not a function')],
  ['a plain error', new Error('unexpected')],
  ['a thrown text', '57P01'],
  ['nothing', undefined],
])('not away: %s', (_, error) => {
  expect(isDatabaseAway(error)).toBe(false)
})
