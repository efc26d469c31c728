import { moneyText } from '../../canonical/money.ts'
import {
  type CheckFinding,
  type OrderState,
  openEach,
  wantedEach,
} from '../../canonical/order-state.ts'
import type { OrderStanding } from '../../canonical/views/order-story.ts'
import { creditPolicyOf, openCreditBook } from '../../flows/credit-book.ts'
import type { FlowSetting } from '../../flows/flow-setting.ts'
import { judgeCredit } from '../../policies/credit/judge-credit.ts'
import type { TenantTx } from '../../store/database.ts'
import type { CheckMoments } from '../../store/reading/order-checks.ts'

type Check = OrderStanding['checks'][number]

const isOfPrice = ({ kind, policyVersion }: CheckFinding) =>
  policyVersion?.startsWith('pricing:') === true && !isOfDuplicate({ kind })

const isOfDuplicate = ({ kind }: Pick<CheckFinding, 'kind'>) => kind.includes('DUPLICATE')

function customerCheck(
  { customerNumber }: OrderState,
  { customerName, checked }: CheckMoments,
): Check[] {
  if (customerNumber === undefined || customerName === null) return []
  const text = `The customer is known: ${customerName} (${customerNumber}).`
  const recordedAt = checked?.at ?? null
  return [{ check: 'customer', outcome: 'passed', text, isNow: false, recordedAt, evidence: [] }]
}

const found = (check: Check['check'], finding: CheckFinding, at: string | null): Check => ({
  ...{ check, outcome: 'found', text: finding.message, isNow: false, recordedAt: at },
  evidence: [...(finding.evidence ?? [])],
})

const isOfCredit = ({ kind }: CheckFinding) => kind === 'CREDIT_HOLD'

/** What was found besides of whom it repeats and what it costs: unknown items, counts too old, credit. */
function otherFindings(order: OrderState, at: string | null): Check[] {
  return order.findings
    .filter((finding) => !(isOfDuplicate(finding) || isOfPrice(finding)))
    .map((finding) => found(isOfCredit(finding) ? 'credit' : 'other', finding, at))
}

/** What a kind of check says: what stands of it, what was found and has been settled since, or that it found nothing. */
function ofCheck(
  order: OrderState,
  { checked }: CheckMoments,
  {
    check,
    isOf,
    passed,
  }: {
    readonly check: Check['check']
    readonly isOf: (finding: CheckFinding) => boolean
    readonly passed: string
  },
): Check[] {
  const at = checked?.at ?? null
  const standing = order.findings.filter(isOf)
  if (standing.length > 0) return standing.map((finding) => found(check, finding, at))
  // Nothing is said to have passed of which no check is on record.
  if (checked === null) return []
  const then = checked.findings.filter(isOf)
  const one = { check, isNow: false, recordedAt: checked.at }
  if (then.length === 0) return [{ ...one, outcome: 'passed', text: passed, evidence: [] }]
  return then.map((finding) => ({
    ...one,
    outcome: 'lifted',
    text: `Found then, and settled since: ${finding.message}`,
    evidence: [...(finding.evidence ?? [])],
  }))
}

/** The checks whose outcome is on record, whatever it was. */
function recordedChecks(order: OrderState, moments: CheckMoments): Check[] {
  const total = moneyText(order.totalMinor, order.currency)
  const lines = order.lines.length === 1 ? 'its line' : `its ${order.lines.length} lines`
  return [
    ...ofCheck(order, moments, {
      check: 'duplicate',
      isOf: isOfDuplicate,
      passed: `No other order was found that it repeats, by number ${order.purchaseOrderNumber}.`,
    }),
    ...ofCheck(order, moments, {
      check: 'price',
      isOf: isOfPrice,
      passed: `No price of ${lines} was off; the order comes to ${total}.`,
    }),
  ]
}

const isOnItsWay = ({ stage }: OrderState) => stage !== 'cancelled' && stage !== 'rejected'

/** How much of the goods is there: a plain sum over the lines as they stand. */
function stockCheck(order: OrderState): Check[] {
  const known = order.lines.filter(({ sku }) => sku !== undefined)
  const wanted = known.reduce((sum, line) => sum + wantedEach(line), 0)
  if (wanted === 0 || !isOnItsWay(order)) return []
  const shipped = known.reduce((sum, { shippedEach }) => sum + shippedEach, 0)
  const kept = known.reduce((sum, line) => sum + Math.min(line.allocatedEach, openEach(line)), 0)
  const missing = Math.max(0, wanted - shipped - kept)
  const left = shipped === 0 ? '' : `${shipped} have left, `
  const text =
    missing === 0
      ? `All ${wanted} units are there: ${left}${kept} kept for it.`
      : `${missing} of ${wanted} units are not there yet: ${left}${kept} kept for it.`
  const outcome = missing === 0 ? 'passed' : 'found'
  return [{ check: 'stock', outcome, text, isNow: true, recordedAt: null, evidence: [] }]
}

const beforeDelivery: ReadonlySet<OrderState['stage']> = new Set([
  'received',
  'validated',
  'held',
  'ready',
])

/** Credit by the books as they are now: only of what is not delivered yet, which is in no invoice. */
async function creditCheck(
  tx: TenantTx,
  order: OrderState,
  setting: FlowSetting,
): Promise<Check[]> {
  if (order.customerNumber === undefined || !beforeDelivery.has(order.stage)) return []
  const book = await openCreditBook(tx, { judged: [order], others: [] }, setting)
  const accounts = await book.withReceipts(book.accountsOf(order))
  if (accounts.length === 0) return []
  const { totalMinor: grossMinor, currency, isShipComplete, terms } = order
  const decided = judgeCredit(
    {
      order: { grossMinor, currency, isShipComplete, terms },
      ...{ accounts, rates: book.rates, today: setting.today },
    },
    creditPolicyOf(order, setting),
  )
  const [first] = decided.evidence
  const outcome = decided.decision === 'hold' ? 'found' : 'passed'
  const text = first?.text ?? 'Nothing stands against its credit.'
  return [
    {
      check: 'credit',
      outcome,
      text,
      isNow: true,
      recordedAt: null,
      evidence: [...decided.evidence],
    },
  ]
}

/** Holds that stood in the way and were lifted, by whom and why. */
function liftedHolds({ holds }: OrderState): Check[] {
  return holds.flatMap(({ type, line, reason, releasedAt, releasedBy, releaseReason }): Check[] =>
    releasedAt === undefined
      ? []
      : [
          {
            check: 'hold',
            outcome: 'lifted',
            text: `Hold ${type}${line === undefined ? '' : ` of line ${line}`} was lifted by ${releasedBy ?? 'nobody named'}: ${releaseReason ?? 'no reason is on record'}`,
            isNow: false,
            recordedAt: releasedAt,
            evidence: [{ weighs: 'note', text: `It stood because: ${reason}`.slice(0, 500) }],
          },
        ],
  )
}

/** Every check of an order: what is on record of it, and for stock and credit how it stands now. */
export async function checksOf(
  tx: TenantTx,
  order: OrderState,
  { moments, setting }: { readonly moments: CheckMoments; readonly setting: FlowSetting },
): Promise<Check[]> {
  return [
    ...customerCheck(order, moments),
    ...recordedChecks(order, moments),
    ...otherFindings(order, moments.checked?.at ?? null),
    ...stockCheck(order),
    ...(await creditCheck(tx, order, setting)),
    ...liftedHolds(order),
  ]
}
