import { expect, test } from 'vitest'
import { failureIn } from './answer-class.ts'
import type { ArrivedAnswer } from './http-call.ts'
import { isSameContent } from './same-content.ts'

const now = new Date('2026-11-22T10:00:00Z')

function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): ArrivedAnswer {
  return { arrived: true, status, headers, text: JSON.stringify(body), json: body }
}

const classified = (status: number, body: unknown, headers?: Record<string, string>) =>
  failureIn(answer(status, body, headers), { notFoundMeans: 'SCHEMA', now })

test.each([
  ['QuickBooks says period closed', 400, qbo('6210', 'Account Period Closed'), 'BUSINESS_RULE'],
  [
    'an older text prints 6210 for a duplicate number: the message decides',
    400,
    qbo('6210', 'Duplicate Document Number Error'),
    'DUPLICATE',
  ],
  ['QuickBooks duplicate document number', 400, qbo('6140', 'Duplicate Number'), 'DUPLICATE'],
  ['QuickBooks stale object', 400, qbo('5010', 'Stale Object Error'), 'STALE'],
  ['QuickBooks invalid reference', 400, qbo('2500', 'Invalid Reference Id'), 'MAPPING'],
  ['QuickBooks authorisation', 400, qbo('120', 'Authorization Failure'), 'PERMISSION'],
  [
    'NetSuite item reference, known by its message',
    400,
    { title: 'Bad Request', detail: 'Invalid item reference key 1009 for subsidiary 1.' },
    'MAPPING',
  ],
  [
    'NetSuite error details',
    401,
    { 'o:errorDetails': [{ detail: 'Invalid login attempt.', 'o:errorCode': 'INVALID_LOGIN' }] },
    'AUTH_EXPIRED',
  ],
  [
    'Salesforce validation rule',
    400,
    { errors: [{ message: 'No.', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' }] },
    'BUSINESS_RULE',
  ],
  ['Salesforce locked row', 500, { code: 'UNABLE_TO_LOCK_ROW', message: 'Busy.' }, 'STALE'],
  ['GraphQL user errors inside 200', 200, { userErrors: [{ message: 'No.' }] }, 'BUSINESS_RULE'],
  ['success false inside 200', 200, { success: false, message: 'Blocked.' }, 'BUSINESS_RULE'],
  [
    'Shopify rate limit by message',
    429,
    { errors: 'Exceeded 2 calls per second for api client.' },
    'RATE_LIMIT',
  ],
  ['forbidden', 403, {}, 'PERMISSION'],
  ['precondition failed', 412, {}, 'STALE'],
  ['too large', 413, {}, 'TOO_LARGE'],
  ['unprocessable', 422, { errors: ['sku is missing'] }, 'SCHEMA'],
  ['request timeout', 408, {}, 'TRANSPORT'],
  ['an unknown 4xx', 418, {}, 'UNKNOWN'],
  ['a redirect nobody configured', 302, {}, 'UNKNOWN'],
])('%s is classed by code, then message, then status', (_name, status, body, errorClass) => {
  expect(classified(status, body)).toMatchObject({ errorClass })
})

test.each([500, 502, 504, 507])('%i on a write may have happened', (status) => {
  expect(classified(status, { message: 'Oops' })).toMatchObject({ outcome: 'unknown' })
})

test('a plain success is no failure, whatever it calls its fields', () => {
  expect(classified(201, { erp_id: 'E1', errors: [], error: null, status: 'open' })).toBeUndefined()
})

test('Retry-After is honoured in seconds and as a date, and capped at a day', () => {
  const waits = ['7', 'Sun, 22 Nov 2026 10:01:30 GMT', 'nonsense', '999999999'].map((header) =>
    classified(503, {}, { 'retry-after': header }),
  )
  expect(waits.map((wait) => wait && 'retryAfterMs' in wait && wait.retryAfterMs)).toEqual([
    7000,
    90_000,
    false,
    86_400_000,
  ])
})

test('what a system holds is ours when every field it shows agrees', () => {
  const sent = { order_no: 'A', lines: [{ sku: 'X', quantity: 2 }], note: undefined }
  expect(isSameContent(sent, { erp_id: 'E1' })).toBe(true)
  expect(isSameContent(sent, { order_no: 'A', lines: [{ sku: 'X', quantity: 2, bin: 7 }] })).toBe(
    true,
  )
  expect(isSameContent(sent, { lines: [{ sku: 'X', quantity: 3 }] })).toBe(false)
  expect(isSameContent(sent, { lines: [] })).toBe(false)
})

function qbo(code: string, Message: string) {
  return { Fault: { Error: [{ Message, Detail: 'x', code }], type: 'ValidationFault' } }
}
