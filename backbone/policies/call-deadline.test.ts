import { expect, test } from 'vitest'
import type { OutboundDocument } from '../canonical/canonical-document.ts'
import { callDeadline } from './call-deadline.ts'

const now = '2026-11-22T16:00:00.000Z'
const answerBy = '2026-11-23T16:00:00.000Z'
const common = {
  purpose: 'original' as const,
  orderNumber: 'SO-1',
  purchaseOrderNumber: 'PO-1',
  currency: 'USD',
  isTest: false,
  parties: [],
  references: [],
  notes: [],
  unknown: [],
}

const acknowledgement: OutboundDocument = {
  ...common,
  docType: 'acknowledgement',
  acknowledgementNumber: 'SO-1',
  answer: 'accepted',
  lines: [],
}

const invoice: OutboundDocument = {
  ...common,
  docType: 'invoice',
  invoiceNumber: 'INV-1',
  invoicedOn: '2026-11-22',
  dueOn: '2026-12-22',
  lines: [],
  allowancesCharges: [],
  taxes: [],
  linesTotalMinor: 0,
  totalMinor: 0,
}

const deadline = (document: OutboundDocument, acknowledgeBy = answerBy) =>
  callDeadline(document, { now, timeZone: 'America/Chicago', acknowledgeBy: () => acknowledgeBy })

test('an acknowledgement is repeated until the moment the partner was promised it', () => {
  expect(deadline(acknowledgement)).toBe(answerBy)
})

test('an acknowledgement of something promised long ago has no deadline any more', () => {
  expect(deadline(acknowledgement, '2026-11-01T00:00:00.000Z')).toBeUndefined()
})

test('an invoice is repeated until the end of the day it is due, on our own clock', () => {
  expect(deadline(invoice)).toBe('2026-12-23T06:00:00.000Z')
})

test('what has been promised for no moment has no deadline', () => {
  expect(
    deadline({ docType: 'cancellation', orderNumber: 'SO-1', reason: 'The customer rang.' }),
  ).toBeUndefined()
})
