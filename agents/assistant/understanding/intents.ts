/** What a person may want of the assistant. */
export const intents = [
  'order-status',
  'release-first',
  'price-why',
  'alternatives',
  'failures',
  'replay-safety',
  'chase',
  'unapplied',
  'credit',
  'partner-sla',
  'options',
  'act',
  'pick',
  'why',
  'more',
  'approvals',
  'owed',
  'invoice',
  'orders',
  'health',
  'stock',
  'figures',
  'help',
  'thanks',
  'refuse-approve',
  'refuse-amount',
  'refuse-recipient',
  'refuse-rules',
  'refuse-tenant',
  'unknowable',
] as const
export type Intent = (typeof intents)[number]

/** A way of saying what is wanted, and how surely it says so. */
export type Cue = readonly [pattern: RegExp, weight: number]
