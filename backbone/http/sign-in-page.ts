import { createHash } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { raw } from 'hono/html'
import type { AppEnv } from './app-env.ts'

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:20vh auto;padding:0 1rem;color:#1c2430;background:#fff}button{font:inherit;padding:.5rem 1.2rem}label{display:block;margin:.6rem 0}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}[hidden]{display:none}'

// The token stands behind the #, which browsers keep to themselves: it is in no log and no proxy sees it. Nothing is
// sent before somebody presses the button, so that mail scanners that open links use none up.
const script = `
const token = location.hash.slice(1)
history.replaceState(null, '', '/sign-in')
const words = document.getElementById('words')
const button = document.getElementById('sign-in')
const form = document.getElementById('by-password')
const provider = document.getElementById('by-provider')
const say = (sentence) => { words.textContent = sentence; button.hidden = true }
const offerWays = async () => {
  say('Sign in by password, or open the whole sign-in link that you were given; it ends in a long word.')
  form.hidden = false
  const ways = await (await fetch('/v1/session/ways')).json()
  if (ways.oidc) { provider.href = ways.oidcPath; provider.hidden = false }
}
if (!token.startsWith('ql_')) offerWays().catch(() => say('The server does not answer; try again in a moment.'))
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const { email, password } = Object.fromEntries(new FormData(form))
  try {
    const answer = await fetch('/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    if (answer.ok) location.replace('/')
    else say((await answer.json()).detail)
  } catch {
    say('The server does not answer; try again in a moment.')
  }
})
button.addEventListener('click', async () => {
  button.disabled = true
  try {
    const answer = await fetch('/v1/session/link', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (answer.ok) location.replace('/')
    else say((await answer.json()).detail)
  } catch {
    say('The server does not answer; open the link again in a moment.')
  }
})
`

const hashed = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const policy = [
  "default-src 'none'",
  `script-src ${hashed(script)}`,
  `style-src ${hashed(style)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in to Quittance</title><style>${style}</style></head>
<body><h1>Quittance</h1><p id="words">This link signs you in on this device, once.</p>
<button id="sign-in" type="button">Sign in</button>
<form id="by-password" hidden><label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label><button>Sign in</button></form>
<p><a id="by-provider" hidden>Sign in through your organisation</a></p>
<noscript><p>Signing in needs JavaScript.</p></noscript>
<script>${script}</script></body></html>`

/** The page at /sign-in that a one-time link opens; opening it uses nothing up. */
export function mountSignInPage(app: OpenAPIHono<AppEnv>): void {
  app.get('/sign-in', (c) => {
    c.header('content-security-policy', policy)
    c.header('cache-control', 'no-store')
    return c.html(raw(page))
  })
}
