import type { FailureSignature } from './signature.ts'

type Row = readonly [
  status: number,
  meaning: string,
  errorClass: FailureSignature['errorClass'],
  effect: FailureSignature['effect'],
]

// Domain rules 3.3.1. 500 and unknown 5xx on a write: it may have happened. A lone 503 is passing trouble; OUTAGE is
// a matter of how many, and is seen over calls. 409 is looked up by the natural key.
const rows: readonly Row[] = [
  [400, 'bad request', 'SCHEMA', 'refused'],
  [401, 'not authenticated', 'AUTH_EXPIRED', 'refused'],
  [403, 'forbidden', 'PERMISSION', 'refused'],
  [404, 'not found', 'SCHEMA', 'refused'],
  [408, 'request timeout', 'TRANSPORT', 'failed'],
  [409, 'conflict', 'DUPLICATE', 'refused'],
  [410, 'gone', 'SCHEMA', 'refused'],
  [412, 'precondition failed', 'STALE', 'refused'],
  [413, 'too large', 'TOO_LARGE', 'refused'],
  [415, 'unsupported media type', 'SCHEMA', 'refused'],
  [422, 'unprocessable', 'SCHEMA', 'refused'],
  [429, 'too many requests', 'RATE_LIMIT', 'failed'],
  [500, 'internal error; it may have happened', 'TRANSPORT', 'unknown'],
  [502, 'bad gateway; it may have happened', 'TRANSPORT', 'unknown'],
  [503, 'service unavailable', 'TRANSPORT', 'failed'],
  [504, 'gateway timeout; it may have happened', 'TRANSPORT', 'unknown'],
]

/** What an HTTP status alone says; a code or message in the body goes before it. */
export const signaturesOfHttp: readonly FailureSignature[] = rows.map(
  ([status, meaning, errorClass, effect]) => ({
    signatureId: `http-${status}`,
    about: `HTTP ${status}: ${meaning}`,
    status,
    errorClass,
    effect,
    source: '3.3.1',
  }),
)

/** A 404 to a call that changes what must be there already: its parent has not come yet. */
export const parentNotFound: FailureSignature = {
  signatureId: 'http-404-parent',
  about: 'HTTP 404 to a change: what it belongs to is not there yet',
  status: 404,
  errorClass: 'DEPENDENCY',
  effect: 'failed',
  source: '3.3.1',
}
