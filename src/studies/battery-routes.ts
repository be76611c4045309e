import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { answerOnce, IdempotencyHeaders } from '../http/idempotency.ts'
import { NoQuery } from '../http/list-query.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import { changeBattery, createBattery, deleteBattery, listBatteries, readBattery } from './batteries.ts'
import {
  BatteriesQuery,
  Battery,
  BatteryChange,
  BatteryPage,
  BatteryParams,
  BatteryQuery,
  NewBattery,
} from './schemas.ts'

const always = [401, 403, 429, 503]
const security = [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }]

/** Studies API: batteries of tasks. */
export const batteryRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const described = { tags: ['Studies'], security }

  app.get(
    '/batteries',
    {
      schema: {
        ...described,
        operationId: 'listBatteries',
        summary: 'The batteries',
        querystring: BatteriesQuery,
        response: { 200: BatteryPage, ...errorsOf(HouseError, 400, 422, ...always) },
      },
    },
    async (request) => listBatteries(context.pool, request.tenant, request.query),
  )

  app.post(
    '/batteries',
    {
      schema: {
        ...described,
        operationId: 'createBattery',
        summary: 'Add a battery of tasks',
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        body: NewBattery,
        response: { 201: Battery, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 201, (unit) => createBattery(context, unit, request.tenant, request.body)),
  )

  app.get(
    '/batteries/:id',
    {
      schema: {
        ...described,
        operationId: 'readBattery',
        summary: 'One battery',
        params: BatteryParams,
        querystring: BatteryQuery,
        response: { 200: Battery, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => readBattery(context.pool, request.tenant, request.params.id),
  )

  app.patch(
    '/batteries/:id',
    {
      schema: {
        ...described,
        operationId: 'changeBattery',
        summary: 'Change a battery',
        description: 'Sessions of it that were answered already show it as it is now.',
        params: BatteryParams,
        querystring: NoQuery,
        body: BatteryChange,
        response: { 200: Battery, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request) => changeBattery(context, request.tenant, request.params.id, request.body),
  )

  app.delete(
    '/batteries/:id',
    {
      schema: {
        ...described,
        operationId: 'deleteBattery',
        summary: 'Delete a battery that has no sessions',
        params: BatteryParams,
        querystring: NoQuery,
        response: { 204: z.null(), ...errorsOf(HouseError, 400, 404, 409, 422, ...always) },
      },
    },
    async (request, reply) => {
      await deleteBattery(context, request.tenant, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
