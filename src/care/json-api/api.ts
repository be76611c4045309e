import type { Resource } from './resource.ts'

/** Below which path all of it is served. */
export const PREFIX = '/pub'

export const MEDIA_TYPE = 'application/vnd.api+json'

/** The resources that there are, by type. */
export type Api = { resources: Resource[]; get: (type: string) => Resource }

export function openApi(resources: Resource[]): Api {
  const byType = new Map(resources.map((resource) => [resource.type, resource]))
  return {
    resources,
    get: (type) => {
      const found = byType.get(type)
      if (found === undefined) throw new Error(`no resource is declared of type ${type}`)
      return found
    },
  }
}
