import { readExport } from '../../../sdk/cli/src/apple/read-export.ts'
import { newTally, type Tally } from '../../../sdk/cli/src/import/tally.ts'
import type { Sample } from '../../../sdk/cli/src/sample.ts'

/** A `Record` as phones write it, with the attributes given in place of these. */
export function record(type: string, attributes: Record<string, string> = {}, inner = ''): string {
  const all: Record<string, string> = {
    type,
    sourceName: 'Apple Watch',
    sourceVersion: '10.1',
    creationDate: '2023-11-01 08:05:30 +0400',
    startDate: '2023-11-01 08:05:00 +0400',
    endDate: '2023-11-01 08:05:20 +0400',
    ...attributes,
  }
  const text = Object.entries(all).map(([name, value]) => `${name}="${value}"`)
  return ` <Record ${text.join(' ')}${inner === '' ? '/>' : `>${inner}</Record>`}\n`
}

export const quantity = (name: string, unit: string, value: string, attributes: Record<string, string> = {}): string =>
  record(`HKQuantityTypeIdentifier${name}`, { unit, value, ...attributes })

export const exportOf = (content: string, prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'): string =>
  `${prolog}<HealthData locale="en_US">\n <ExportDate value="2024-07-01 08:00:00 -0500"/>\n${content}</HealthData>\n`

export type Read = { samples: Sample[]; tally: Tally }

/** What is read of a whole file, given in chunks of so many characters. */
export async function readText(text: string, chunkLength = text.length): Promise<Read> {
  const tally = newTally()
  async function* chunks() {
    for (let at = 0; at < text.length; at += chunkLength) yield text.slice(at, at + chunkLength)
  }
  const samples: Sample[] = []
  for await (const list of readExport(chunks(), tally)) samples.push(...list)
  return { samples, tally }
}

/** What is read of these records alone. */
export const read = (...records: string[]): Promise<Read> => readText(exportOf(records.join('')))
