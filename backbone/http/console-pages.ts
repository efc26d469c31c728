import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { compress } from 'hono/compress'
import type { AppEnv } from './app-env.ts'

// Nothing is loaded from elsewhere and no script stands in the page itself. Styles do: the components set sizes so.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers with the console's page, which shows the screen that its address names. */
export type ConsolePage = (c: Context<AppEnv>) => Response

/**
 * Serves the built console in a folder: its files under /assets, which never change under one name, and its page for
 * every address that is a screen. The page is read once; absent where the console was not built.
 */
export function mountConsole(app: OpenAPIHono<AppEnv>, folder: string): ConsolePage {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  app.use('/assets/*', compress())
  app.get(
    '/assets/*',
    serveStatic({
      root: folder,
      onFound: (_, c) => c.header('cache-control', 'public, max-age=31536000, immutable'),
    }),
  )
  return (c) => {
    c.header('content-security-policy', policy)
    // Whoever opened this page from elsewhere holds nothing of it.
    c.header('cross-origin-opener-policy', 'same-origin')
    c.header('cache-control', 'no-cache')
    return c.html(page)
  }
}

/** Whether somebody opens an address in a browser that may be a screen of the console. */
export function opensScreen(c: Context): boolean {
  return (
    c.req.method === 'GET' &&
    !c.req.path.startsWith('/v1/') &&
    (c.req.header('accept') ?? '').includes('text/html')
  )
}
