import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { DevicesError, errorsOf, Message, UserIdParams } from '../http/schemas.ts'
import { ConnectedProviders, ConnectedUsers, CreatedUser, NewUser, User, UserQuery } from './schemas.ts'
import { deleteUser } from './delete-user.ts'
import { createUser, listUsers, readUser, requireUser } from './users.ts'

/** Devices API: persons. Register where secret keys are required. */
export const userRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const { prisma } = context

  app.post(
    '/user',
    {
      schema: {
        operationId: 'createUser',
        tags: ['Users'],
        summary: "Create, or find, the user with the app's own id",
        querystring: NewUser,
        response: { 200: CreatedUser, ...errorsOf(DevicesError, 400, 401, 403) },
      },
    },
    async (request) => createUser(prisma, request.tenant, request.query.appUserId),
  )

  app.get(
    '/user',
    {
      schema: {
        operationId: 'listUsers',
        tags: ['Users'],
        summary:
          'List users and the providers they are connected to; or, of one user and day, what each provider tells',
        querystring: UserQuery,
        response: { 200: z.union([ConnectedUsers, z.array(User)]), ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { userId, date } = request.query
      if (userId === undefined || date === undefined) return listUsers(prisma, request.tenant)
      return readUser(prisma, request.tenant, userId, date)
    },
  )

  app.get(
    '/user/:userId/connected-providers',
    {
      schema: {
        operationId: 'getConnectedProviders',
        tags: ['Users'],
        summary: 'The providers of one user',
        params: UserIdParams,
        response: { 200: ConnectedProviders, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { providers } = await requireUser(prisma, request.tenant, request.params.userId)
      return { connectedProviders: providers }
    },
  )

  app.delete(
    '/user/:userId',
    {
      schema: {
        operationId: 'deleteUser',
        tags: ['Users'],
        summary: 'Delete the user with all data and tokens',
        params: UserIdParams,
        response: { 200: Message, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => {
      await deleteUser(context, request.tenant, request.params.userId)
      return { message: 'The user and all their data were deleted.' }
    },
  )
}
