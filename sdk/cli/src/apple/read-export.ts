import { SaxesParser } from 'saxes'
import { UnreadableFileError } from '../import/failures.ts'
import { count, type Tally } from '../import/tally.ts'
import type { Sample } from '../sample.ts'
import { type Attributes, readRecord, skip } from './read-record.ts'
import { isTotal, readWorkout } from './read-workout.ts'

const ROOT = '<HealthData'
/** The declarations before the first element are 10 kB. */
const MAX_PROLOG_CHARACTERS = 1 << 20
/** No element of an export comes near; one that is never closed would fill the memory. */
const MAX_ELEMENT_CHARACTERS = 8 << 20
const MAX_FAULTS = 1000
/** Elements of an export are four deep; each open one is held. */
const MAX_DEPTH = 100
/** Not samples, and nothing that anybody would miss: when it was exported. */
const SILENT = new Set(['ExportDate'])

/**
 * An `export.xml` as chunks of text → its samples, a list for each chunk. What is left out is counted in `tally`. A file
 * that ends too early or is broken sets `tally.problem`, for what came before is good. Throws `UnreadableFileError`
 * where the file is no such export at all.
 */
export async function* readExport(chunks: AsyncIterable<string>, tally: Tally): AsyncGenerator<Sample[]> {
  const reader = new ExportReader(tally)
  for await (const chunk of withoutProlog(chunks, tally)) {
    reader.write(chunk)
    const samples = reader.take()
    if (samples.length > 0) yield samples
    if (tally.problem !== undefined) return
  }
  if (!reader.isComplete) tally.problem ??= 'The file ends in the middle: it was cut off.'
}

/**
 * What comes from the root element on. The declarations before it are not read: those of iOS 16 and 17 have errors of
 * syntax that stop parsers, and a byte order mark may precede them.
 */
async function* withoutProlog(chunks: AsyncIterable<string>, tally: Tally): AsyncGenerator<string> {
  let prolog = ''
  let isPast = false
  for await (const chunk of chunks) {
    if (isPast) {
      yield chunk
      continue
    }
    prolog += chunk
    const found = /<HealthData[\s>]/.exec(prolog)
    if (found !== null) {
      // As many lines as it had, so that what is said of a line is of the file's.
      yield '\n'.repeat(prolog.slice(0, found.index).split('\n').length - 1) + prolog.slice(found.index)
      isPast = true
      prolog = ''
    } else if (prolog.length > MAX_PROLOG_CHARACTERS) break
  }
  // What cannot be read is no other file than it should be.
  if (!isPast && tally.problem === undefined)
    throw new UnreadableFileError(`This is no export of Apple Health: it has no ${ROOT}> element.`)
}

class ExportReader {
  isComplete = false
  #parser = new SaxesParser({ xmlns: false, position: true })
  #tally: Tally
  #samples: Sample[] = []
  #depth = 0
  #workout: Attributes | undefined
  #statistics = new Map<string, Attributes>()
  #faults = 0
  #isDamaged = false
  #charactersSinceTag = 0

  constructor(tally: Tally) {
    this.#tally = tally
    this.#parser.on('opentag', ({ name, attributes }) => this.#open(name, attributes))
    this.#parser.on('closetag', () => this.#close())
    this.#parser.on('error', (error) => this.#fault(error))
  }

  write(chunk: string): void {
    // An element that began in a chunk before and has not ended yet.
    this.#charactersSinceTag += chunk.length
    this.#parser.write(chunk)
    if (this.#charactersSinceTag > MAX_ELEMENT_CHARACTERS) {
      this.#tally.problem ??= `An element at line ${this.#parser.line} is longer than ${MAX_ELEMENT_CHARACTERS >> 20} MB: the file is broken.`
    }
  }

  /** The samples since the last call. */
  take(): Sample[] {
    const samples = this.#samples
    this.#samples = []
    return samples
  }

  #open(name: string, attributes: Attributes): void {
    this.#charactersSinceTag = 0
    if (++this.#depth > MAX_DEPTH) {
      this.#tally.problem ??= `Elements are more than ${MAX_DEPTH} deep at line ${this.#parser.line}: the file is broken.`
    }
    if (this.#isDamaged) {
      this.#isDamaged = false
      if (this.#depth === 2) return skip(this.#tally, name, 'is not well-formed XML')
    }
    // Deeper records are those of correlations, which are there a second time at the top.
    if (this.#depth === 2) this.#openTop(name, attributes)
    else if (this.#depth === 3 && name === 'WorkoutStatistics') this.#addStatistics(attributes)
  }

  /** Those of the whole workout: the parts of one that has several have their own, a level deeper. */
  #addStatistics(attributes: Attributes): void {
    const { type = '' } = attributes
    if (this.#workout !== undefined && isTotal(type)) this.#statistics.set(type, attributes)
  }

  #openTop(name: string, attributes: Attributes): void {
    if (name === 'Record') {
      const sample = readRecord(attributes, this.#tally)
      if (sample !== undefined) this.#samples.push(sample)
    } else if (name === 'Workout') this.#workout = attributes
    else if (!SILENT.has(name)) count(this.#tally.unknown, name)
  }

  #close(): void {
    this.#charactersSinceTag = 0
    this.#depth--
    if (this.#depth === 0) this.isComplete = true
    if (this.#depth !== 1 || this.#workout === undefined) return
    this.#samples.push(...readWorkout(this.#workout, this.#statistics, this.#tally))
    this.#workout = undefined
    this.#statistics.clear()
  }

  /** Apps write control characters into their names, which XML forbids and which do no harm. */
  #fault({ message }: Error): void {
    if (message.endsWith('disallowed character.') || this.isComplete) return
    this.#isDamaged = true
    if (this.#faults++ === 0)
      this.#tally.remarks.add(`The file is not well-formed XML in places; the first: ${message}`)
    if (this.#faults > MAX_FAULTS) this.#tally.problem ??= 'The file is not well-formed XML in too many places.'
  }
}
