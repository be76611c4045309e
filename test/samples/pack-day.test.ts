import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { withClient } from '../../src/database/open-database.ts'
import type { DaySamples } from '../../src/samples/merge-day.ts'
import { packDay, type PackedRow, unpackDay, unpackRow } from '../../src/samples/pack-day.ts'
import { cloneDatabase } from '../support/server.ts'

const times = (unit: number, most: number) => fc.integer({ min: 0, max: Math.floor(most / unit) }).map((n) => n * unit)

/** Days of whole seconds and of ms, of narrow and wide numbers, of one number throughout, of whole values and fractions. */
const anyDay: fc.Arbitrary<DaySamples> = fc
  .tuple(
    fc.constantFrom(1, 1000),
    fc.constantFrom(200, 60_000, 86_399_999),
    fc.constantFrom(0, 200, 60_000, 604_800_000),
    fc.constantFrom<fc.Arbitrary<number>>(
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 65_535 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.constant(7),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
    ),
  )
  .chain(([unit, latest, longest, values]) =>
    fc.array(fc.record({ start: times(unit, latest), duration: times(unit, longest), value: values }), {
      maxLength: 300,
    }),
  )
  .map((samples) => {
    const sorted = samples.toSorted((a, b) => a.start - b.start)
    return {
      starts: sorted.map(({ start }) => start),
      durations: sorted.map(({ duration }) => duration),
      values: sorted.map(({ value }) => value),
    }
  })

test('what is packed is unpacked', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      expect(unpackDay(packDay(day), day.starts.length)).toEqual(day)
    }),
    { numRuns: 1000 },
  )
})

test('heart rates every 5 s take 2 bytes each', () => {
  const beats = Array.from({ length: 17_280 }, (_, index) => index)
  const day = {
    starts: beats.map((n) => n * 5000),
    durations: beats.map(() => 0),
    values: beats.map((n) => 60 + (n % 90)),
  }
  expect(packDay(day).packed.length / beats.length).toBeLessThan(2.01)
})

describe('SQL', () => {
  test('unpacks what we pack', async () => {
    const days = fc.sample(anyDay, 60)
    await withClient(await cloneDatabase(), async (client) => {
      for (const day of days) {
        const { packed, values } = packDay(day)
        const { rows } = await client.query('select * from unpack_samples($1, $2, $3)', [
          packed,
          day.starts.length,
          values,
        ])
        expect(rows).toEqual(
          day.starts.map((start_ms, i) => ({ start_ms, duration_ms: day.durations[i], value: day.values[i] })),
        )
      }
    })
  })

  test('packs what was stored as arrays before', async () => {
    const folder = new URL('../../prisma/migrations/', import.meta.url)
    const migrations = readdirSync(folder)
      .filter((name) => /^\d{14}_/.test(name))
      .toSorted()
    const read = (name: string) => readFileSync(new URL(`${name}/migration.sql`, folder), 'utf8')
    const packing = migrations.findIndex((name) => name.endsWith('_packed_days'))
    const days = [{ starts: [], durations: [], values: [] }, ...fc.sample(anyDay, 40)]
    await withClient(await cloneDatabase(), async (client) => {
      await client.query('drop schema public cascade; create schema public')
      for (const name of migrations.slice(0, packing)) await client.query(read(name))
      const id = '00000000-0000-4000-8000-000000000001'
      await client.query(`
        insert into account (id, name) values ('${id}', 'a');
        insert into tenant values ('${id}', '${id}', 'live');
        insert into app_user (id, tenant_id, app_user_id) values ('${id}', '${id}', 'u')`)
      for (const [index, day] of days.entries()) {
        await client.query(
          `insert into sample_day (user_id, data_type, day, device_id, count, sum, starts, durations, values)
           values ($1, 'steps', date '2024-01-01' + $2::int, $1, $3, 0, $4, $5, $6)`,
          [id, index, day.starts.length, day.starts, day.durations, day.values],
        )
      }
      await client.query(read(migrations[packing]!))
      const { rows } = await client.query<PackedRow>('select count, packed, values::text from sample_day order by day')
      expect(rows.map(unpackRow)).toEqual(days)
    })
  })
})
