import { expect, test } from 'vitest'
import { type AsideFacts, asideFate } from './inbound-replay.ts'

const unreadable: AsideFacts = {
  kind: 'unreadable',
  isAboutOurs: false,
  orderStage: null,
  sentAgainAs: null,
  isTakenElsewhere: false,
}

test.each<[string, Partial<AsideFacts>, string]>([
  ['what nobody could read is read again', {}, 'read-again'],
  ['so is what broke our reader', { kind: 'poison' }, 'read-again'],
  ['so is an order document that needed a person', { kind: 'needs-person' }, 'read-again'],
  ['what was sent again in the meantime is not', { sentAgainAs: 'rcp_2' }, 'dropped'],
  ['nor what a later delivery has brought', { isTakenElsewhere: true }, 'dropped'],
  ['nor a change to an order that is cancelled', { orderStage: 'cancelled' }, 'dropped'],
  ['an order in picking may still be changed', { orderStage: 'picking' }, 'read-again'],
  ['two deliveries under one id are a person’s matter', { kind: 'conflict' }, 'for-person'],
  ['so is a partner’s refusal of our invoice', { isAboutOurs: true }, 'for-person'],
  ['so is an acknowledgement that never came', { kind: 'overdue' }, 'for-person'],
])('%s', (_, facts, fate) => {
  expect(asideFate({ ...unreadable, ...facts }).fate).toBe(fate)
})
