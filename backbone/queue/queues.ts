/**
 * Every queue of the backbone. A job carries ids only; the row it names is the truth, so a job may come
 * twice, or late, without harm.
 */
export const queueNames = [
  'read-receipt',
  'apply-document',
  'advance-order',
  'deliver-transaction',
  'send-notice',
  'execute-proposal',
  'run-agent',
] as const
export type QueueName = (typeof queueNames)[number]

/** What a job says: which record of which tenant. */
export type JobData = { readonly tenantId: string; readonly id: string }
