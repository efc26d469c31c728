import { z } from 'zod'

/** Why a call or document failed, in the classes ops people triage by (domain rules 3.3.1). */
export const FailureClass = z.enum([
  'TRANSPORT',
  'OUTAGE',
  'RATE_LIMIT',
  'AUTH_EXPIRED',
  'PERMISSION',
  'SCHEMA',
  'MAPPING',
  'BUSINESS_RULE',
  'DUPLICATE',
  'STALE',
  'DEPENDENCY',
  'PARTIAL_SUCCESS',
  'POISON',
  'TOO_LARGE',
  'DATA_QUALITY',
  'UNKNOWN',
])
export type FailureClass = z.infer<typeof FailureClass>

/** What mends a failure: the closed list of domain rules 3.3.3. */
export const Remedy = z.enum([
  'retry',
  'wait_parent',
  'fix_mapping',
  'fix_master_data',
  'request_partner',
  'refresh_credentials',
  'change_config',
  'split_batch',
  'mark_duplicate',
  'quarantine',
  'escalate',
])
export type Remedy = z.infer<typeof Remedy>
