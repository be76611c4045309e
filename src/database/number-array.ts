/** A Postgres array literal of numbers is JSON in other brackets, and JSON.parse is the fastest parser at hand. */
export const parseArray = (literal: string): number[] => JSON.parse(`[${literal.slice(1, -1)}]`) as number[]

export const formatArray = (numbers: number[]): string => `{${numbers.join(',')}}`
