import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the vendor's device counted in the minute from `start`. */
export type Minute = { start: string; steps: number }

/** The vendor's own total of a day. */
export type VendorDay = { date: string; steps: number }

export type Week = { minutes: Minute[]; days: VendorDay[] }

const FOLDER = join(import.meta.dirname, 'fixture')

/** One wearer's week. fixture/README.md says where it is from. */
export async function readWeek(): Promise<Week> {
  const [minutes, days] = await Promise.all([readRows('steps-by-minute.csv'), readRows('steps-by-day.csv')])
  return {
    minutes: minutes.map(([start, steps]) => ({ start, steps })),
    days: days.map(([date, steps]) => ({ date, steps })),
  }
}

/** A text and a number in each row, below a header. */
async function readRows(name: string): Promise<[string, number][]> {
  const [, ...lines] = (await readFile(join(FOLDER, name), 'utf8')).trim().split('\n')
  return lines.map((line) => {
    const [text, number] = line.split(',')
    if (text === undefined || number === undefined) throw new Error(`${name}: ${line} is not two columns`)
    return [text, Number(number)]
  })
}
