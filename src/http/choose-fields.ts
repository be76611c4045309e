import type { FastifyInstance, FastifySerializerCompiler } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'

/** An answer of which some fields are wanted. */
class Chosen {
  readonly whole: unknown
  readonly fields: string[]

  constructor(whole: unknown, fields: string[]) {
    this.whole = whole
    this.fields = fields
  }
}

/**
 * Makes the routes of `app` heed the `fields` of their query, of an object or of each element of a page. What is answered
 * is held to the route's schema first.
 */
export function answerChosenFields(app: FastifyInstance): void {
  const compile: FastifySerializerCompiler<z.ZodType> = (route) => {
    const serialize = serializerCompiler(route)
    return (payload: unknown) => {
      if (!(payload instanceof Chosen)) return serialize(payload)
      return JSON.stringify(choose(JSON.parse(serialize(payload.whole)) as object, payload.fields))
    }
  }
  app.setSerializerCompiler(compile)
  app.addHook('preSerialization', async (request, reply, payload) => {
    const { fields } = request.query as { fields?: string[] }
    return fields === undefined || reply.statusCode !== 200 ? payload : new Chosen(payload, fields)
  })
}

function choose(answer: object, fields: string[]): object {
  if (!('pagination' in answer && 'data' in answer)) return pick(answer, fields)
  return { ...answer, data: (answer.data as object[]).map((item) => pick(item, fields)) }
}

const pick = (item: object, fields: string[]) =>
  Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)))
