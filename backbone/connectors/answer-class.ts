import type { CallOutcome, ErrorClass } from './connector.ts'
import type { ArrivedAnswer } from './http-call.ts'

type ClassOfCode = { readonly errorClass: ErrorClass; readonly isWorthRetry: boolean }

const fix = (errorClass: ErrorClass): ClassOfCode => ({ errorClass, isWorthRetry: false })
const wait = (errorClass: ErrorClass): ClassOfCode => ({ errorClass, isWorthRetry: true })

// Domain rules 3.3.1. QuickBooks numbers, NetSuite, Salesforce and SAP names, PostgreSQL states, and the
// words our own counterpart contract (docs/openapi) uses.
const classByCode: Readonly<Record<string, ClassOfCode>> = {
  '120': fix('PERMISSION'),
  '610': fix('MAPPING'),
  '2020': fix('SCHEMA'),
  '2500': fix('MAPPING'),
  '5010': fix('STALE'),
  '6000': fix('BUSINESS_RULE'),
  '6140': fix('DUPLICATE'),
  '6210': fix('BUSINESS_RULE'),
  '6240': fix('DUPLICATE'),
  '6540': fix('BUSINESS_RULE'),
  '23505': fix('DUPLICATE'),
  '40001': wait('STALE'),
  '40P01': wait('STALE'),
  ACCOUNT_PERIOD_CLOSED: fix('BUSINESS_RULE'),
  ALREADY_PICKED: fix('BUSINESS_RULE'),
  CONFLICT: fix('DUPLICATE'),
  CREDIT_BLOCK: fix('BUSINESS_RULE'),
  DUPLICATE: fix('DUPLICATE'),
  DUPLICATE_VALUE: fix('DUPLICATE'),
  FIELD_CUSTOM_VALIDATION_EXCEPTION: fix('BUSINESS_RULE'),
  INVALID_CONTENT: fix('MAPPING'),
  INVALID_LOGIN: fix('AUTH_EXPIRED'),
  INVALID_SESSION_ID: fix('AUTH_EXPIRED'),
  ORDER_CANCELLED: fix('BUSINESS_RULE'),
  ORDER_NOT_FOUND: wait('DEPENDENCY'),
  PICK_NOT_FOUND: wait('DEPENDENCY'),
  RATE_LIMIT: wait('RATE_LIMIT'),
  RCRD_HAS_BEEN_CHANGED: fix('STALE'),
  UNABLE_TO_LOCK_ROW: wait('STALE'),
  UNKNOWN_CUSTOMER: fix('MAPPING'),
  UNKNOWN_ITEM: fix('MAPPING'),
  VG204: fix('MAPPING'),
}

const classByMessage: readonly (readonly [RegExp, ClassOfCode])[] = [
  [/duplicate document number/i, fix('DUPLICATE')],
  [/exceeded \d+ calls per second/i, wait('RATE_LIMIT')],
  [/only one request may be made against a session at a time/i, wait('RATE_LIMIT')],
  [/invalid login attempt/i, fix('AUTH_EXPIRED')],
  [/invalid (item|entity) reference key/i, fix('MAPPING')],
  [/invalid field value .+ for the following field/i, fix('MAPPING')],
  [/cannot be determined for customer/i, fix('MAPPING')],
  [/account period closed/i, fix('BUSINESS_RULE')],
  [/order not found/i, wait('DEPENDENCY')],
]

const classByStatus: Readonly<Record<number, ClassOfCode>> = {
  400: fix('SCHEMA'),
  401: fix('AUTH_EXPIRED'),
  403: fix('PERMISSION'),
  408: wait('TRANSPORT'),
  409: fix('DUPLICATE'),
  410: fix('SCHEMA'),
  412: fix('STALE'),
  413: fix('TOO_LARGE'),
  415: fix('SCHEMA'),
  422: fix('SCHEMA'),
  429: wait('RATE_LIMIT'),
  503: wait('TRANSPORT'),
}

type BodyFailure = { readonly code?: string; readonly message?: string }

/**
 * Reads an answer for what went wrong: the body's code first, then its message, then the HTTP status,
 * because HTTP 200 is not success. Undefined when nothing says that the call failed.
 */
export function failureIn(
  answer: ArrivedAnswer,
  { notFoundMeans, now }: { notFoundMeans: 'DEPENDENCY' | 'SCHEMA'; now: Date },
): Exclude<CallOutcome, { outcome: 'done' }> | undefined {
  const body = bodyFailure(answer)
  if (body === undefined && isSuccess(answer.status)) return undefined
  const code = body?.code ?? `HTTP_${answer.status}`
  const message = (body?.message ?? statusSentence(answer.status)).slice(0, 300)
  const known = classOfBody(body) ?? classOfStatus(answer.status, notFoundMeans)
  if (known === undefined) return { outcome: 'unknown', code, message }
  const response = answer.text.slice(0, 2000)
  const { errorClass } = known
  if (!known.isWorthRetry) return { outcome: 'refused', errorClass, code, message, response }
  const retryAfterMs = retryAfter(answer.headers['retry-after'], now)
  const failed = { outcome: 'failed' as const, errorClass, code, message, response }
  return retryAfterMs === undefined ? failed : { ...failed, retryAfterMs }
}

function classOfBody(body: BodyFailure | undefined): ClassOfCode | undefined {
  const byMessage = classByMessage.find(([pattern]) => pattern.test(body?.message ?? ''))?.[1]
  // An older vendor text prints 6210 for a duplicate number, its reference says period closed: the message decides.
  if (body?.code === '6210' && byMessage !== undefined) return byMessage
  return classByCode[body?.code?.toUpperCase() ?? ''] ?? byMessage
}

function classOfStatus(
  status: number,
  notFoundMeans: 'DEPENDENCY' | 'SCHEMA',
): ClassOfCode | undefined {
  if (isSuccess(status)) return fix('BUSINESS_RULE')
  if (status === 404) return notFoundMeans === 'DEPENDENCY' ? wait('DEPENDENCY') : fix('SCHEMA')
  const known = classByStatus[status]
  if (known !== undefined) return known
  // 500 and unknown 5xx on a write: it may have happened.
  return status >= 500 ? undefined : fix('UNKNOWN')
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

function statusSentence(status: number): string {
  return status >= 300 && status < 400
    ? `The system answered HTTP ${status}, a redirect; set the address it points to.`
    : `The system answered HTTP ${status}.`
}

function bodyFailure(answer: ArrivedAnswer): BodyFailure | undefined {
  const body = recordOf(answer.json)
  if (body === undefined) return undefined
  if (isSuccess(answer.status) && !saysFailure(body)) return undefined
  const inner = innerFailure(body)
  const code = textOf(inner?.['code']) ?? textOf(inner?.['o:errorCode']) ?? textOf(body['code'])
  const message = messageOf(inner) ?? messageOf(body)
  return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) }
}

function saysFailure(body: Readonly<Record<string, unknown>>): boolean {
  const { status, success, ok, error, errors, userErrors, Fault } = body
  const isSaid =
    typeof status === 'string' && /^(error|fail|failed|failure|rejected|refused)$/i.test(status)
  return (
    isSaid || success === false || ok === false || [error, errors, userErrors, Fault].some(isFilled)
  )
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false && value !== ''
}

function innerFailure(
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const lists = [
    body['errors'],
    body['userErrors'],
    recordOf(body['Fault'])?.['Error'],
    body['o:errorDetails'],
  ]
  const entries: readonly unknown[] = lists.flatMap((list) => (Array.isArray(list) ? list : []))
  const first = entries.find(isFilled)
  return typeof first === 'string'
    ? { message: first }
    : (recordOf(first) ?? recordOf(body['error']))
}

function messageOf(body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const words = [
    'message',
    'Message',
    'detail',
    'Detail',
    'error_description',
    'error',
    'errors',
    'title',
  ]
  return words.map((word) => textOf(body?.[word])).find((text) => text !== undefined)
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A value as a record of fields, or nothing when it is a list, a text or empty. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// RFC 9110 10.2.3: whole seconds or an HTTP date. Capped at a day, so that a wrong clock parks nothing for good.
function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  const waitMs = /^\d+$/.test(header.trim())
    ? Number(header) * 1000
    : Date.parse(header) - now.getTime()
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, waitMs), 86_400_000) : undefined
}
