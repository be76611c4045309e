import { defineConfig } from 'prisma/config'

// The datasource has no URL here: the server opens its own pool, and the CLI only generates code.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})
