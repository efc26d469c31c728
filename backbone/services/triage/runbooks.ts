import type { FailureClass, Remedy } from '../../canonical/failures/failure-class.ts'
import { type AutoRetry, classRules } from '../../policies/triage/class-rules.ts'

/** What to do about a class of failure, for the person on duty. */
export type Runbook = {
  readonly errorClass: FailureClass
  /** What it looks like from here. */
  readonly about: string
  readonly autoRetry: string
  readonly remedy: Remedy
  readonly advice: string
  /** In this order. */
  readonly steps: readonly string[]
}

const signs: Readonly<Record<FailureClass, string>> = {
  TRANSPORT: 'The connection broke off, timed out or could not be made.',
  OUTAGE: 'The system is away: it says so, or calls to it fail in a row.',
  RATE_LIMIT: 'The system takes fewer calls than we make.',
  AUTH_EXPIRED: 'The system no longer accepts our credential.',
  PERMISSION: 'The system knows us and does not let us do this.',
  SCHEMA: 'The document has not the form the other side takes.',
  MAPPING: 'An item, customer or reference of ours is not known on the other side.',
  BUSINESS_RULE: 'A rule of the other system refuses it: a closed period, a credit block.',
  DUPLICATE: 'The other side has something under this number already.',
  STALE: 'The record changed on the other side since we read it.',
  DEPENDENCY: 'What it belongs to has not arrived there yet.',
  PARTIAL_SUCCESS: 'Some records of a batch went through and some did not.',
  POISON: 'The same record fails in the same way every time, or stops whoever reads it.',
  TOO_LARGE: 'It is larger than the other side takes.',
  DATA_QUALITY: 'Something is missing or wrong in the record itself.',
  UNKNOWN: 'No signature fits what the other system answered.',
}

const retries: Readonly<Record<AutoRetry, string>> = {
  yes: 'Tried again by itself, with growing waits.',
  no: 'Not tried again by itself.',
  once: 'Tried again once by itself.',
  parked: 'Parked; goes by itself when the connection is back.',
  'after-parent': 'Goes by itself when what it belongs to is through.',
  'after-re-read': 'Read again and written again by itself.',
  'only-failed': 'Only the records that failed go again.',
}

const look = 'Look at the cause: which calls, since when, and what changed just before.'
const replay = 'Mark the cause as fixed; then the replay of what waits on it can be proposed.'
const wait = 'Nothing to do while it is tried; act when the nearest promise is at risk.'

const stepsOf: Readonly<Record<Remedy, readonly string[]>> = {
  retry: [look, wait],
  wait_parent: [look, 'Mend what it belongs to: this follows by itself.'],
  fix_mapping: [look, 'Correct the map or the guide of the partner.', replay],
  fix_master_data: [look, 'Correct the item, customer or cross-reference.', replay],
  request_partner: [look, 'Ask whoever sent it for what is missing.', replay],
  refresh_credentials: [look, 'Put in a new secret and test the connection.', replay],
  change_config: [look, 'Have the scope or role granted on the other side.', replay],
  split_batch: [look, 'Split it; never send again what went through.', replay],
  mark_duplicate: [look, 'Compare with what is there: equal is done, anything else is decided.'],
  quarantine: [look, 'Set the record aside with its payload, so that others pass.'],
  escalate: [look, 'Have a person decide; add a signature when the answer was new.', replay],
}

/** The runbook of a class of failure. */
export function runbookOf(errorClass: FailureClass): Runbook {
  const { autoRetry, remedy, advice } = classRules[errorClass]
  return {
    ...{ errorClass, remedy, advice },
    about: signs[errorClass],
    autoRetry: retries[autoRetry],
    steps: stepsOf[remedy],
  }
}
