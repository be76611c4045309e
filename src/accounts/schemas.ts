/** One environment of one account: everything belongs to one, and each query on tenant data filters on its id. */
export type Tenant = { id: string; accountId: string; environment: Environment }

export const environments = ['live', 'sandbox'] as const
export type Environment = (typeof environments)[number]

/** Secret keys do everything; client keys only what a phone may. */
export const keyKinds = ['secret', 'client'] as const
export type KeyKind = (typeof keyKinds)[number]

/** Whom a user token speaks for: one user, and the provider whose samples it may send. */
export type UserGrant = { familyId: string; tenantId: string; userId: string; provider: string }
