import { expect, test } from 'vitest'
import { approvalPolicy } from './approval-policy.ts'
import { loosened } from './loosened.ts'

const rules = (settings: object = {}) => approvalPolicy.schema.parse(settings)
const of = (rule: object) => rules({ 'release-hold': rule })

test.each([
  ['a lower role that decides', { role: 'collector' }],
  ['a higher amount before a second person is needed', { otherPersonAbove: '5001' }],
  [
    'more that a person does at once',
    { ownUpTo: { operator: '5001', approver: null, admin: null } },
  ],
  ['any amount at once', { ownUpTo: { operator: null, approver: null, admin: null } }],
  ['a role that could do nothing at once', { ownUpTo: { collector: '1', operator: '5000' } }],
  ['passing by itself', { passesItself: true }],
  ['more days to decide', { expiresAfterHours: 500 }],
])('%s is looser', (_, rule) => {
  expect(loosened(rules(), of(rule))).toEqual(['release-hold'])
})

test.each([
  ['nothing', {}],
  ['a higher role', { role: 'approver' }],
  ['a lower amount', { otherPersonAbove: '4999' }],
  ['always another person', { isAlwaysOtherPerson: true }],
  ['nobody at once', { ownUpTo: {} }],
])('%s is not looser', (_, rule) => {
  expect(loosened(rules(), of(rule))).toEqual([])
})
