import type { Call, Cluster } from '../../api/failures-queries.ts'

/** The classes of failures as ops people say them. */
export const classWords: Readonly<Record<Cluster['errorClass'], string>> = {
  TRANSPORT: 'Line broke',
  OUTAGE: 'System away',
  RATE_LIMIT: 'Too many calls',
  AUTH_EXPIRED: 'Sign-in expired',
  PERMISSION: 'Not permitted',
  SCHEMA: 'Wrong shape',
  MAPPING: 'Not mapped',
  BUSINESS_RULE: 'Refused by their rule',
  DUPLICATE: 'There already',
  STALE: 'Changed meanwhile',
  DEPENDENCY: 'Waits for another',
  PARTIAL_SUCCESS: 'Done in part',
  POISON: 'Cannot be read',
  TOO_LARGE: 'Too large',
  DATA_QUALITY: 'Wrong data',
  UNKNOWN: 'Not known yet',
}

/** What mends a failure, as an order to whoever does it. */
export const remedyWords: Readonly<Record<Cluster['remedy'], string>> = {
  retry: 'Send again',
  wait_parent: 'Wait for what it depends on',
  fix_mapping: 'Mend the mapping',
  fix_master_data: 'Mend the master data',
  request_partner: 'Ask the partner',
  refresh_credentials: 'Renew the credentials',
  change_config: 'Change the settings',
  split_batch: 'Split the batch',
  mark_duplicate: 'Mark as a duplicate',
  quarantine: 'Set aside',
  escalate: 'Ask somebody who decides',
}

/** Where people are with a cause. */
export const stateWords: Readonly<Record<Cluster['state'], string>> = {
  open: 'Open',
  diagnosed: 'Diagnosed',
  'fix-proposed': 'Fix proposed',
  fixed: 'Fixed',
  replaying: 'Being sent again',
  closed: 'Closed',
}

/** What became of a call. */
export function callStatusWords(status: Call['status']): string {
  switch (status) {
    case 'waiting':
      return 'Waits'
    case 'sending':
      return 'Being sent'
    case 'in-doubt':
      return 'In doubt'
    case 'succeeded':
      return 'Through'
    case 'failed':
      return 'Given up'
    case 'dropped':
      return 'Dropped'
    default:
      return status.replaceAll('-', ' ')
  }
}

/** A cause in one sentence: what the other system said, else its code. */
export function causeTitle({ exampleMessages, errorCode, rootEntity }: Cluster): string {
  return exampleMessages[0] ?? (rootEntity === null ? errorCode : `${errorCode}: ${rootEntity}`)
}
