import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const name = 'quittance_session'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Whether a cookie must travel encrypted only: always, but for plain HTTP on this very machine, where a browser would
 * not keep it otherwise.
 */
export function isSecure(c: Context, publicUrl: string | undefined): boolean {
  if (publicUrl?.startsWith('https:') === true) return true
  const { protocol, hostname } = new URL(c.req.url)
  return protocol === 'https:' || !loopback.test(hostname)
}

/** What the browser shows of a session, if it shows anything. */
export function presentedSession(c: Context): string | undefined {
  return getCookie(c, name)
}

/** Hands the browser its session, unreadable for scripts and never sent from another site's page. */
export function handSession(
  c: Context,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: string },
  publicUrl: string | undefined,
): void {
  setCookie(c, name, token, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure(c, publicUrl),
    path: '/',
    expires: new Date(expiresAt),
  })
}

/** Takes the session from the browser. */
export function takeSession(c: Context, publicUrl: string | undefined): void {
  deleteCookie(c, name, { secure: isSecure(c, publicUrl), path: '/' })
}
