import type { Statistic } from '../samples/types/sample-type.ts'
import { type DataType, sampleTypeOf, sampleTypes } from '../samples/types/sample-types.ts'
import type { Figures } from './figures.ts'

type Answer = { dataType: DataType; path: string[]; statistic: Statistic }

/** What sample types declare that they give to a shape: paths below `prefix`. */
export function answersOf(prefix: string): Answer[] {
  return sampleTypes.flatMap((type) =>
    Object.entries<Statistic>(type.answers)
      .filter(([path]) => path.startsWith(`${prefix}.`))
      .map(([path, statistic]) => ({
        dataType: type.name,
        path: path.slice(prefix.length + 1).split('.'),
        statistic,
      })),
  )
}

export const typesOf = (answers: Answer[]): DataType[] => [...new Set(answers.map(({ dataType }) => dataType))]

/** Statistics that columns have; for the others the samples themselves are read. */
const inColumns: Statistic[] = ['total', 'min', 'max', 'avg']

/** Whether something other than the list of the samples needs them read. */
export const needsSamples = (dataType: DataType): boolean =>
  Object.values<Statistic>(sampleTypeOf(dataType).answers).some(
    (statistic) => statistic !== 'samples' && !inColumns.includes(statistic),
  )

export const listsSamples = (dataType: DataType): boolean =>
  Object.values<Statistic>(sampleTypeOf(dataType).answers).includes('samples')

/** Fills a shape from what there is; undefined where nothing is. */
export function fill(answers: Answer[], figures: Map<DataType, Figures>): object | undefined {
  const filled: Record<string, unknown> = {}
  for (const { dataType, path, statistic } of answers) {
    const value = figures.get(dataType)?.of(statistic)
    if (value !== undefined) put(filled, path, value)
  }
  return Object.keys(filled).length === 0 ? undefined : filled
}

function put(into: Record<string, unknown>, [name, ...rest]: string[], value: unknown): void {
  if (name === undefined) return
  if (rest.length === 0) into[name] = value
  else put((into[name] ??= {}) as Record<string, unknown>, rest, value)
}
