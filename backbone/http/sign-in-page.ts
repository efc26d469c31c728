import { createHash } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { html, raw } from 'hono/html'
import type { AppEnv } from './app-env.ts'
import { ownPath } from './sign-in/own-path.ts'
import { script } from './sign-in/script.ts'
import { style } from './sign-in/style.ts'

const hashed = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const policy = [
  "default-src 'none'",
  `script-src ${hashed(script)}`,
  `style-src ${hashed(style)}`,
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const mark =
  '<rect width="32" height="32" rx="7" fill="#087f5b"/><path d="M9 17l5 5 10-12" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>'

const icon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${mark}</svg>`)}`

const head = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="icon" href="${icon}"><title>Sign in to Quittance</title><style>${style}</style></head>`

const fields = `<form id="by-password" hidden>
<div class="field"><label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required></div>
<div class="field"><div class="line"><label for="password">Password</label><button class="quiet" id="show" type="button" aria-pressed="false">Show password</button></div><input id="password" name="password" type="password" autocomplete="current-password" required></div>
<div class="field" id="tenants" hidden><label for="tenant">For which house</label><select id="tenant" name="tenant" disabled></select></div>
<button id="send">Sign in</button></form>`

const body = `<p class="brand"><svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">${mark}</svg>Quittance</p>
<div class="card"><h1>Sign in</h1>
<p class="dimmed" id="words">By password, or open the whole sign-in link that you were given.</p>
<p id="fault" role="alert"></p>
<button id="sign-in" type="button" hidden>Sign in</button>
${fields}
<a class="button other" id="by-provider" hidden>Sign in through your organisation</a>
<noscript><p>Signing in needs JavaScript.</p></noscript></div>`

/**
 * The page at /sign-in, where people come in by password, through their provider or by a one-time link, and go on to
 * the screen they asked for. Opening it uses nothing up.
 */
export function mountSignInPage(app: OpenAPIHono<AppEnv>): void {
  app.get('/sign-in', (c) => {
    c.header('content-security-policy', policy)
    c.header('cross-origin-opener-policy', 'same-origin')
    c.header('cache-control', 'no-store')
    const to = ownPath(c.req.query('to'))
    return c.html(
      html`${raw(head)}<body><main id="page" data-to="${to}">${raw(body)}</main><script>${raw(script)}</script></body></html>`,
    )
  })
}
