import { createHash, randomBytes } from 'node:crypto'

/** What a session (`qs_…`) or a one-time link (`ql_…`) is shown by: 256 random bits. */
export function newToken(kind: 'qs' | 'ql'): {
  readonly token: string
  readonly tokenHash: string
} {
  const token = `${kind}_${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: hashOf(token) }
}

/** All that is kept of such a token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Whether this could be one; anything else is not worth a look-up. */
export function looksLike(kind: 'qs' | 'ql', token: string): boolean {
  return token.startsWith(`${kind}_`) && /^[\w-]{46}$/.test(token)
}
