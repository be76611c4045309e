import { isInPage } from '../http/platform.ts'
import type { Batch } from './split-batches.ts'
import type { SampleInput } from './types.ts'

/**
 * A batch as the body of `POST /api/v2/samples`: equal samples make equal text, whatever the order of their members.
 * Throws a `TypeError` that names the sample when a `Date` is none.
 */
export function encodeBatch({ dataType, samples, indexes }: Batch): string {
  const data = samples.map((sample, place) => toWire(sample, indexes[place]!))
  return JSON.stringify({ data_type: dataType, data })
}

function toWire(sample: SampleInput, index: number): Record<string, unknown> {
  const { data_type: _, device_name, device_version, device_type, start_date, end_date, ...rest } = sample
  const { value, unit, kind, ...others } = rest as { value?: number; unit?: string; kind?: string }
  return {
    device_name,
    device_version,
    device_type,
    start_date: toText(start_date, 'start_date', index),
    end_date: toText(end_date, 'end_date', index),
    value,
    unit,
    kind,
    // What is not known here is sent as it is: the server says what is wrong with it, or a newer one knows it.
    ...others,
  }
}

function toText(date: string | Date | undefined, field: string, index: number): string | undefined {
  if (!(date instanceof Date)) return date
  if (Number.isNaN(date.getTime())) throw new TypeError(`sample ${index}: ${field} is not a valid date`)
  return date.toISOString()
}

/** The SHA-256 in hex of where a batch goes and what it holds: the same for the same input, on any machine. */
export async function identifyBatch(scope: readonly string[], body: string): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(['pulsewell batch 1', ...scope, body]))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * As gzip, where the platform has it: a batch takes a tenth of the bytes then. Not in a page, whose browser would ask the
 * server whether it may send `Content-Encoding`, which the server's CORS headers do not allow.
 */
export async function compress(
  text: string,
): Promise<{ content: string | Uint8Array<ArrayBuffer>; encoding?: 'gzip' }> {
  if (isInPage() || typeof CompressionStream === 'undefined') return { content: text }
  const { readable, writable } = new CompressionStream('gzip')
  // Read while it is written. Not piped from a blob: blobs are kept outside of the heap, and let go late.
  const compressed = new Response(readable).arrayBuffer()
  const writer = writable.getWriter()
  await writer.write(new TextEncoder().encode(text))
  await writer.close()
  return { content: new Uint8Array(await compressed), encoding: 'gzip' }
}
