import { expect, test } from 'vitest'
import { type FailureTraits, failureFingerprint } from './fingerprint.ts'

const failure = (message: string, facts: Partial<FailureTraits> = {}) =>
  failureFingerprint({
    connectionKind: 'erp',
    connectionId: 'con_7',
    operation: 'erp.create-order',
    errorClass: 'MAPPING',
    code: 'INVALID_KEY',
    message,
    ...facts,
  })

test.each([
  ['Invalid item reference key 1009 for subsidiary 1.', 'item 1009'],
  ['Invalid entity reference key 35007', 'customer 35007'],
  ['You have entered an Invalid Field Value 9999 for the following field: item', 'item 9999'],
  ['Unknown SKU "PIPE-20-CU".', 'item PIPE-20-CU'],
  ['Customer C-1001 is on stop.', 'customer C-1001'],
  ['No stock in warehouse EAST2.', 'warehouse EAST2'],
  ['The item is inactive.', undefined],
  ['Account period closed.', undefined],
])('"%s" is about %s', (message, rootEntity) => {
  expect(failure(message).rootEntity).toBe(rootEntity)
})

test('messages that differ only in numbers, ids and quoted words are one pattern', () => {
  const alike = [
    'Order "SO-1" has invalid item reference key 1009 (ord_01kyabcdefghjk).',
    'Order "SO-22" has invalid item reference key 2044 (ord_01kzzzzzzzzzzz).',
  ]
  expect(new Set(alike.map((message) => failure(message).fingerprint))).toEqual(
    new Set([
      'erp | erp.create-order | MAPPING | INVALID_KEY | Order <v> has invalid item reference key # (<id>).',
    ]),
  )
})

test('one code with two meanings is two patterns', () => {
  const facts = { errorClass: 'BUSINESS_RULE', code: '6210' } as const
  expect(failure('Account period closed', facts).fingerprint).not.toBe(
    failure('Duplicate document number', facts).fingerprint,
  )
})

test('what fails on the way to a system has the connection at its root, whatever the record was', () => {
  expect(failure('No answer for item 1009.', { errorClass: 'TRANSPORT' }).rootEntity).toBe(
    'connection con_7',
  )
})

test('the same words at another place of the document are another pattern, whichever line it is', () => {
  const at = (path: string) => failure('Not allowed.', { path }).fingerprint
  expect(at('$.lines[0].sku')).toBe(at('$.lines[17].sku'))
  expect(at('$.lines[0].sku')).not.toBe(at('$.lines[0].uom'))
})

test('silence, a 503 and a cut line of one connection are one incident, a refused log-in is another', () => {
  const incident = (facts: Partial<FailureTraits>) => failure('No.', facts).rootPattern
  const away = incident({ errorClass: 'TRANSPORT', code: 'TIMEOUT' })
  expect(incident({ errorClass: 'OUTAGE', code: 'HTTP_503' })).toBe(away)
  expect(incident({ errorClass: 'TRANSPORT', operation: 'erp.post-invoice' })).toBe(away)
  expect(incident({ errorClass: 'AUTH_EXPIRED', code: 'HTTP_401' })).not.toBe(away)
})
