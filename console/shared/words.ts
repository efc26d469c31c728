import type { Proposal } from '../api/queries.ts'

/** What an act is called on the screens. */
export const actWords: Readonly<Record<Proposal['kind'], string>> = {
  'release-hold': 'Release a hold',
  'place-hold': 'Place a hold',
  'cancel-order': 'Cancel an order',
  'reprice-line': 'Change a price',
  'substitute-line': 'Substitute an item',
  'split-line': 'Split a line',
  'backorder-line': 'Backorder a line',
  'retry-transactions': 'Send again',
  'send-collections-message': 'Write to a customer',
  'send-invoice-copies': 'Send invoice copies',
  'apply-credit': 'Put credits to invoices',
  'take-back-credit': 'Take credits back',
  'credit-deduction': 'Credit a deduction',
  'charge-back-deduction': 'Ask for a deduction again',
  'change-policy': 'Change a policy',
  'activate-agent-profile': 'Activate an agent',
}

/** What a proposal's status means to whoever reads it. */
export const statusWords: Readonly<Record<Proposal['status'], string>> = {
  requires_review: 'Waits for a decision',
  approved: 'Approved',
  executing: 'Being done',
  succeeded: 'Done',
  failed: 'Failed',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  stale: 'Overtaken by events',
}
