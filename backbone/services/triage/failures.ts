import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import {
  type FailureFacts,
  type FailureSignature,
  matchSignature,
} from '../../canonical/failures/signature.ts'
import type { Finding } from '../../canonical/finding.ts'
import { rootKeyOf } from '../../flows/triage/root-key.ts'
import {
  clusterFailures,
  type FailedCall,
  type RootCause,
} from '../../policies/triage/cluster-failures.ts'
import type { TenantTx } from '../../store/database.ts'
import { failedCalls } from '../../store/triage/failed-calls.ts'
import { type SetAsideRow, setAsideDocuments } from '../../store/triage/set-aside.ts'
import { type TriageRules, triageRules } from './cause-facts.ts'

function placeOf({ segment, element }: Finding): string | undefined {
  if (segment === undefined) return undefined
  return element === undefined ? segment : `${segment}${String(element).padStart(2, '0')}`
}

/** What shows of a document that was set aside: the codes of its errors, the first one's words and place. */
function factsOf({ kind, reason, findings }: SetAsideRow): FailureFacts {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const path = first === undefined ? undefined : placeOf(first)
  const codes = errors.slice(0, 10).map(({ codeList: list, code }) => ({ list, code }))
  return {
    codes: kind === 'conflict' ? [{ list: 'quittance', code: 'OTHER_CONTENT' }] : codes,
    message: first?.message ?? reason,
    ...(path === undefined ? {} : { path }),
  }
}

function classOf(
  row: SetAsideRow,
  seen: FailureFacts,
  signatures: readonly FailureSignature[],
): { errorClass: FailureClass; entity: string | undefined } {
  // It broke our own reader: whatever its codes say, that is what it is.
  if (row.kind === 'poison') return { errorClass: 'POISON', entity: undefined }
  const match = matchSignature(seen, signatures)
  return { errorClass: match?.signature.errorClass ?? 'UNKNOWN', entity: match?.entity }
}

type OfOrder = Pick<
  FailedCall,
  'orderId' | 'orderNumber' | 'customerNumber' | 'amountMinor' | 'currency'
>

const ofNoOrder: OfOrder = {
  orderId: null,
  orderNumber: null,
  customerNumber: null,
  amountMinor: null,
  currency: null,
}

function ofOrder({ ours }: SetAsideRow): OfOrder {
  if (ours === null) return ofNoOrder
  const { orderId, orderNumber, customerNumber, amountMinor, currency } = ours
  return { orderId, orderNumber, customerNumber, amountMinor, currency }
}

function asFailure(row: SetAsideRow, signatures: readonly FailureSignature[]): FailedCall {
  const seen = factsOf(row)
  const connectionId = row.connectionId ?? ''
  const connectionKind = row.connectionKind ?? 'unknown'
  // What never came has no receipt: it is the sending that has not come to its end.
  const operation =
    row.receiptId === null && row.ours !== null ? row.ours.operation : `receive.${connectionKind}`
  const { errorClass, entity } = classOf(row, seen, signatures)
  const code = seen.codes[0]?.code ?? row.kind
  const message = seen.message ?? ''
  const traits = { connectionKind, connectionId, operation, errorClass, code, message }
  return {
    transactionId: row.receiptId ?? row.quarantineId,
    ...traits,
    ...ofOrder(row),
    naturalKey: row.documentNumber ?? row.receiptId ?? row.quarantineId,
    rootKey: rootKeyOf({ ...traits, path: seen.path, entity }),
    failedAt: row.createdAt,
    isParked: false,
    setAside: {
      quarantineId: row.quarantineId,
      seen,
      ...(row.ours === null ? {} : { isOfOurs: true }),
    },
  }
}

/** Documents that were set aside as the failures they are, each with its cause. */
export async function failuresOfAsides(
  tx: TenantTx,
  rows: readonly SetAsideRow[],
): Promise<FailedCall[]> {
  const { signatures } = await triageRules(tx)
  return rows.map((row) => asFailure(row, signatures))
}

/**
 * The causes of a tenant's failed calls, and of the documents that were set aside, with what they are described by; of
 * some calls at least the causes they belong to, whole but for others of the same pattern.
 */
export async function rootCauses(
  tx: TenantTx,
  ofCalls?: readonly string[],
): Promise<{ readonly causes: readonly RootCause[]; readonly rules: TriageRules }> {
  // Asked for together: they travel in one go.
  const [rules, calls, asides] = await Promise.all([
    triageRules(tx),
    failedCalls(tx, ofCalls),
    setAsideDocuments(tx, ofCalls === undefined ? 'all' : { ofCalls }),
  ])
  const aside = asides.map((row) => asFailure(row, rules.signatures))
  return { causes: clusterFailures([...calls, ...aside]), rules }
}
