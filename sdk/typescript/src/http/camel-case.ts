import type { Query } from './transport.ts'

/** `start_date` → `startDate`. */
type CamelCase<Name> = Name extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Name

/** What the server takes, as the client's methods take it: their arguments are in camelCase, what these hold is not. */
export type CamelCased<Wire> = { [Name in keyof Wire as CamelCase<Name>]: Wire[Name] }

/** The members as the server names them; what they hold is left alone. */
export const toSnakeCase = <Value>(parameters: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]),
  )

/** As `toSnakeCase`, for a query; lists are joined by commas. */
export const toQuery = (parameters: object): Query => toSnakeCase(parameters as Query)
