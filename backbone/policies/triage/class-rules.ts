import type { PolicyDecision } from '../../canonical/decision.ts'
import type { FailureClass, Remedy } from '../../canonical/failures/failure-class.ts'

/** Whether the product tries again by itself, and how (domain rules 3.3.1, column "auto-retry?"). */
export type AutoRetry =
  | 'yes'
  | 'no'
  | 'once'
  | 'parked'
  | 'after-parent'
  | 'after-re-read'
  | 'only-failed'

type ClassRule = {
  readonly autoRetry: AutoRetry
  readonly remedy: Remedy
  readonly decision: PolicyDecision['decision']
  /** What a person or the product does, in one sentence. */
  readonly advice: string
}

/** What each class of failure asks for (domain rules 3.3.1). */
export const classRules: Readonly<Record<FailureClass, ClassRule>> = {
  TRANSPORT: {
    autoRetry: 'yes',
    remedy: 'retry',
    decision: 'accept',
    advice: 'It is tried again with growing waits; what may have happened is looked up first.',
  },
  OUTAGE: {
    autoRetry: 'parked',
    remedy: 'retry',
    decision: 'accept',
    advice:
      'The connection is away: its calls are parked, a probe goes out, and they drain in order when it is back.',
  },
  RATE_LIMIT: {
    autoRetry: 'yes',
    remedy: 'retry',
    decision: 'accept',
    advice: 'The system asks for fewer calls: the connection waits as long as it says, in order.',
  },
  AUTH_EXPIRED: {
    autoRetry: 'once',
    remedy: 'refresh_credentials',
    decision: 'propose',
    advice:
      'The credential is refused: put in a new secret; all calls of the connection wait as one incident.',
  },
  PERMISSION: {
    autoRetry: 'no',
    remedy: 'change_config',
    decision: 'propose',
    advice: 'Our user may not do this there: grant it the scope or role, then replay.',
  },
  SCHEMA: {
    autoRetry: 'no',
    remedy: 'fix_mapping',
    decision: 'propose',
    advice: 'The document is not what they take: fix the map or the partner guide, then replay.',
  },
  MAPPING: {
    autoRetry: 'no',
    remedy: 'fix_master_data',
    decision: 'propose',
    advice: 'Fix the item, customer or cross-reference, then replay every record that waits on it.',
  },
  BUSINESS_RULE: {
    autoRetry: 'no',
    remedy: 'escalate',
    decision: 'hold',
    advice: 'Their rule refuses it: a person decides, or a policy that was made for it.',
  },
  DUPLICATE: {
    autoRetry: 'no',
    remedy: 'mark_duplicate',
    decision: 'propose',
    advice:
      'Look at what is there under our number: equal is done, anything else is an exception for a person.',
  },
  STALE: {
    autoRetry: 'after-re-read',
    remedy: 'retry',
    decision: 'accept',
    advice: 'It changed there in the meantime: read it again, merge, and write again.',
  },
  DEPENDENCY: {
    autoRetry: 'after-parent',
    remedy: 'wait_parent',
    decision: 'accept',
    advice:
      'What it belongs to is not there yet: it is parked, and goes when its parent is through.',
  },
  PARTIAL_SUCCESS: {
    autoRetry: 'only-failed',
    remedy: 'split_batch',
    decision: 'propose',
    advice: 'Some records went through: only the failed ones go again, never the whole batch.',
  },
  POISON: {
    autoRetry: 'no',
    remedy: 'quarantine',
    decision: 'hold',
    advice: 'The record keeps failing in the same way: set it aside with its payload.',
  },
  TOO_LARGE: {
    autoRetry: 'no',
    remedy: 'split_batch',
    decision: 'propose',
    advice: 'It is larger than they take: split it.',
  },
  DATA_QUALITY: {
    autoRetry: 'no',
    remedy: 'request_partner',
    decision: 'propose',
    advice: 'Something is missing or wrong in the record itself: ask its source.',
  },
  UNKNOWN: {
    autoRetry: 'once',
    remedy: 'escalate',
    decision: 'hold',
    advice: 'Nobody has seen this yet: a person looks, and adds a signature for the next time.',
  },
}
