import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './backbone/store/tables/*.ts',
  out: './backbone/store/migrations',
})
