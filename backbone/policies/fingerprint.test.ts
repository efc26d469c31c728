import { expect, test } from 'vitest'
import { failureFingerprint } from './fingerprint.ts'

const failure = (message: string, facts: { errorClass?: string; code?: string } = {}) =>
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
  const facts = { errorClass: 'BUSINESS_RULE', code: '6210' }
  expect(failure('Account period closed', facts).fingerprint).not.toBe(
    failure('Duplicate document number', facts).fingerprint,
  )
})

test('what fails on the way to a system has the connection at its root, whatever the record was', () => {
  expect(failure('No answer for item 1009.', { errorClass: 'TRANSPORT' }).rootEntity).toBe(
    'connection con_7',
  )
})
