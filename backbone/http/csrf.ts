import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { CallerMistake } from '../errors.ts'

/** What a page of ours sends with every change, in `x-csrf-token`: only who can read the session's answer knows it. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('quittance csrf').digest('base64url')
}

function notOurPage(): CallerMistake {
  return new CallerMistake(
    403,
    'not-our-page',
    'This request came from another site’s page. Behind a proxy that renames the host, set QUITTANCE_PUBLIC_URL to the address people use.',
  )
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

/** Refuses what a browser says comes from another site's page; whether a browser said anything. */
export function refuseOtherPages(c: Context, publicUrl: string | undefined): boolean {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site !== undefined && site !== 'same-origin') throw notOurPage()
  if (origin === undefined) return site !== undefined
  const ours = [c.req.url, ...(publicUrl === undefined ? [] : [publicUrl])].map(hostOf)
  const theirs = hostOf(origin)
  if (theirs === undefined || !ours.includes(theirs)) throw notOurPage()
  return true
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what a script or a picture of another site's page reads by cookie: its browser would keep the answer from it,
 * but asking alone opens streams and costs work. A link that somebody follows is no such reading.
 */
function assertOwnReading(c: Context, publicUrl: string | undefined): void {
  // Begun by the person themselves and by no page, such as a download that is saved.
  if (c.req.header('sec-fetch-site') === 'none') return
  if (c.req.header('sec-fetch-mode') !== 'navigate') refuseOtherPages(c, publicUrl)
}

/** Lets a change by cookie through only from a page of ours that knows the session's token. */
export function assertOwnPage(
  c: Context,
  sessionToken: string,
  publicUrl: string | undefined,
): void {
  if (harmless.has(c.req.method)) {
    assertOwnReading(c, publicUrl)
    return
  }
  if (!refuseOtherPages(c, publicUrl))
    throw new CallerMistake(
      403,
      'origin-missing',
      'A change under a session says where it comes from: send the header Origin with the address of this server.',
    )
  const sent = Buffer.from(c.req.header('x-csrf-token') ?? '')
  const expected = Buffer.from(csrfTokenOf(sessionToken))
  if (sent.length !== expected.length || !timingSafeEqual(sent, expected))
    throw new CallerMistake(
      403,
      'csrf-token-missing',
      'A change under a session needs the header x-csrf-token with the csrfToken that GET /v1/session tells.',
    )
}
