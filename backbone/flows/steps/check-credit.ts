import {
  activeHolds,
  type CheckFinding,
  type HoldState,
  type OrderState,
} from '../../canonical/order-state.ts'
import { clearedUntil, releaseEnd } from '../../policies/credit/clearance.ts'
import type { CreditAccount } from '../../policies/credit/exposure.ts'
import { type CreditDecision, judgeCredit } from '../../policies/credit/judge-credit.ts'
import { liftReason } from '../../policies/holds.ts'
import type { TenantTx } from '../../store/database.ts'
import { type CreditBook, creditPolicyOf, openCreditBook } from '../credit-book.ts'
import type { Step } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Decision, OrderBatch } from '../order-batch.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'
import { startStepClock } from '../step-clock.ts'

const step = 'check-credit'

/** What the credit check writes as, on holds and in the timeline. */
const hand = 'credit-check'

const causeKey = 'credit'

/** The hold this check placed itself, as far as it stands; one that a person placed is theirs alone. */
const isOwnHold = (hold: HoldState) =>
  hold.type === 'CREDIT' && hold.causeKey === causeKey && hold.releasedAt === undefined

const isHeldByCheck = (order: OrderState) => order.holds.some(isOwnHold)

/** The last hold on credit that a person lifted. */
export const releasedByPerson = (order: OrderState): HoldState | undefined =>
  order.holds.findLast(
    ({ type, release, releasedBy }) =>
      type === 'CREDIT' && release !== undefined && releasedBy !== hand,
  )

/** The moment at which the order last passed: its receipt, or when it was let go. */
function passedAt(order: OrderState): string {
  const lifted = order.holds.flatMap(({ type, releasedAt }) =>
    type === 'CREDIT' ? (releasedAt ?? []) : [],
  )
  return [order.receivedAt, ...lifted].sort().at(-1) ?? order.receivedAt
}

/** About to be released, by an answer about its credit that may be too old. */
function isToBeCheckedAgain(order: OrderState, setting: FlowSetting): boolean {
  const isHeldOn = activeHolds(order).some(
    (hold) => hold.blocks.includes('release') && liftReason(hold, setting.now) === undefined,
  )
  if (isHeldOn) return false
  if (releasedByPerson(order) !== undefined) return true
  const { settings } = creditPolicyOf(order, setting)
  return clearedUntil(passedAt(order), settings) <= setting.now
}

function isToBeJudged(order: OrderState, setting: FlowSetting): boolean {
  if (order.customerNumber === undefined) return false
  if (order.stage === 'received') return true
  if (order.stage !== 'held' || order.erpRevision > 0) return false
  return isHeldByCheck(order) || isToBeCheckedAgain(order, setting)
}

/** The day an order was promised for, as far as anything was promised. */
function promisedOn(order: OrderState): string {
  const days = order.lines.flatMap((line) => line.promisedOn ?? []).sort()
  return days[0] ?? order.requestedOn ?? order.receivedAt
}

/** Who waits for credit comes first, the oldest promise before the others; then who came in first. */
function inTurn(orders: readonly OrderState[]): OrderState[] {
  const rank = (order: OrderState) => (order.stage === 'held' ? 0 : 1)
  return orders.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 0 ? promisedOn(a).localeCompare(promisedOn(b)) : 0) ||
      a.receivedAt.localeCompare(b.receivedAt) ||
      a.orderNumber.localeCompare(b.orderNumber, 'en', { numeric: true }),
  )
}

const isCreditFinding = ({ kind }: CheckFinding) => kind === 'CREDIT_HOLD'

/** What stands against credit, the first of it in words. */
export function creditMessage({ failed }: CreditDecision): string {
  const [first, ...others] = failed
  const more = others.map(({ check }) => check)
  return `${first?.text ?? 'No credit.'}${more.length === 0 ? '' : ` Also: ${more.join(', ')}.`}`
}

function findingOf(decision: CreditDecision): CheckFinding {
  const { evidence, alternatives, policyVersion, money } = decision
  return {
    kind: 'CREDIT_HOLD',
    message: creditMessage(decision),
    ...(money === undefined ? {} : { deltaMinor: money.amountMinor }),
    evidence,
    alternatives,
    policyVersion,
  }
}

/** The order goes on: its hold is lifted where it waited, its finding is over. */
function passed(order: OrderState, setting: FlowSetting): Decision | undefined {
  const lifted = liftHolds(
    order,
    (hold) => (isOwnHold(hold) ? 'There is credit for it now.' : undefined),
    setting.now,
    hand,
  )
  if (lifted.events.length === 0) return undefined
  const findings = order.findings.filter((finding) => !isCreditFinding(finding))
  return { order: { ...lifted.order, findings }, events: lifted.events }
}

/** Looked at again and held on, by other figures than before. */
function stillHeld(order: OrderState, reason: string): Decision {
  const holds = order.holds.map((hold) => (isOwnHold(hold) ? { ...hold, reason } : hold))
  return {
    order: { ...order, holds },
    events: [{ kind: 'credit.still-missing', actor: hand, summary: `Still no credit: ${reason}` }],
  }
}

function held(
  order: OrderState,
  decision: CreditDecision,
  setting: FlowSetting,
): Decision | undefined {
  const finding = findingOf(decision)
  const before = order.findings.find(isCreditFinding)
  if (isHeldByCheck(order) && before?.message === finding.message) return undefined
  const findings = [...order.findings.filter((other) => !isCreditFinding(other)), finding]
  if (isHeldByCheck(order)) return stillHeld({ ...order, findings }, finding.message)
  const wish = { type: 'CREDIT' as const, causeKey, reason: finding.message }
  return placeHolds({ ...order, findings }, [wish], setting, hand)
}

type Judged = { readonly decision: CreditDecision | undefined; readonly doubt?: string }

/** What a person released needs no check as long as that holds. */
async function judge(
  order: OrderState,
  accounts: readonly CreditAccount[],
  { book, setting }: { book: CreditBook; setting: FlowSetting },
): Promise<Judged> {
  const policy = creditPolicyOf(order, setting)
  const release = isHeldByCheck(order) ? undefined : releasedByPerson(order)?.release
  const { totalMinor: grossMinor, currency, isShipComplete, terms } = order
  const doubt =
    release === undefined
      ? undefined
      : releaseEnd(release, { grossMinor, accounts, settings: policy.settings, now: setting.now })
  if (release !== undefined && doubt === undefined) return { decision: undefined }
  const question = {
    order: { grossMinor, currency, isShipComplete, terms },
    rates: book.rates,
    today: setting.today,
  }
  const first = judgeCredit({ ...question, accounts }, policy)
  const decision =
    first.decision === 'hold'
      ? judgeCredit({ ...question, accounts: await book.withReceipts(accounts) }, policy)
      : first
  return doubt === undefined ? { decision } : { decision, doubt }
}

function tellDecision(order: OrderState, judged: Judged, setting: FlowSetting): void {
  const { decision, doubt } = judged
  if (decision === undefined) {
    const release = releasedByPerson(order)
    setting.onDecision({
      policy: 'credit',
      orderId: order.orderId,
      decision: 'accept',
      kind: 'CREDIT_RELEASED',
      evidence: [
        {
          weighs: 'for',
          text: `Released by ${release?.releasedBy ?? 'a person'}; that holds until ${release?.release?.until ?? ''}.`,
        },
      ],
      alternatives: [],
      policyVersion: creditPolicyOf(order, setting).version,
    })
    return
  }
  const { failed: _failed, ...told } = decision
  const evidence =
    doubt === undefined
      ? told.evidence
      : [...told.evidence, { weighs: 'note' as const, text: `Checked again: ${doubt}` }]
  setting.onDecision({ policy: 'credit', orderId: order.orderId, ...told, evidence })
}

async function decideCredit(order: OrderState, book: CreditBook, batch: OrderBatch): Promise<void> {
  const { setting } = batch
  const accounts = book.accountsOf(order)
  if (accounts.length === 0) return
  const judged = await judge(order, accounts, { book, setting })
  tellDecision(order, judged, setting)
  const { decision } = judged
  const isHeld = decision?.decision === 'hold'
  const outcome = isHeld ? held(order, decision, setting) : passed(order, setting)
  if (outcome !== undefined) batch.decide(outcome)
  book.count(outcome?.order ?? order)
}

async function judgeAll(
  tx: TenantTx,
  judged: readonly OrderState[],
  batch: OrderBatch,
): Promise<void> {
  if (judged.length === 0) return
  const { setting } = batch
  const clock = startStepClock({ step, orders: judged.length }, setting.onStepPart)
  const chosen = new Set(judged)
  const others = batch.all().filter((order) => !chosen.has(order))
  const book = await openCreditBook(tx, { judged, others }, setting)
  clock.turnTo('decide')
  for (const order of inTurn(judged)) await decideCredit(order, book, batch)
  clock.end()
}

/** An order whose amount a person has changed before its release is judged anew, whenever it was judged before. */
export async function checkCreditOfChanged(
  tx: TenantTx,
  order: OrderState,
  batch: OrderBatch,
): Promise<void> {
  if (order.customerNumber !== undefined) await judgeAll(tx, [order], batch)
}

/**
 * An order goes on only where its customer and the whole family above it have credit for it. New orders are
 * checked in the order they came in; what waits for credit is checked again whenever it is looked at, the
 * oldest promise first; what is about to be released by an old answer, once more.
 */
export const checkCredit: Step = {
  name: step,
  async run(tx: TenantTx, batch: OrderBatch): Promise<void> {
    const judged = batch.all().filter((order) => isToBeJudged(order, batch.setting))
    await judgeAll(tx, judged, batch)
  },
}
