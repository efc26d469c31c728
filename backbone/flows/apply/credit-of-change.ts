import { moneyText } from '../../canonical/money.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import { releaseEnd } from '../../policies/credit/clearance.ts'
import { judgeCredit } from '../../policies/credit/judge-credit.ts'
import type { TenantTx } from '../../store/database.ts'
import type { WaitingDocument } from '../../store/flow/inbound-documents.ts'
import { type CreditBook, creditPolicyOf, openCreditBook } from '../credit-book.ts'
import type { OrderBatch } from '../order-batch.ts'
import { creditMessage, releasedByPerson } from '../steps/check-credit.ts'
import type { CreditOfChange } from './applied.ts'

function isChange({ canonical }: WaitingDocument): boolean {
  if (canonical.isTest) return false
  if (canonical.docType === 'order-change') return canonical.purpose !== 'cancel'
  return (
    canonical.docType === 'order' &&
    (canonical.purpose === 'change' || canonical.purpose === 'replace')
  )
}

const isOnItsWay = ({ stage, releasedAt }: OrderState) =>
  releasedAt !== undefined && (stage === 'released' || stage === 'picking')

type Counted = Map<string, OrderState>

/** Brings the book to how the orders of the batch stand by now; what is not checked yet has no credit yet. */
function catchUp(book: CreditBook, counted: Counted, batch: OrderBatch): void {
  for (const order of batch.all()) {
    const before = counted.get(order.orderId)
    if (before === order || order.stage === 'received') continue
    if (before !== undefined) book.discount(before)
    book.count(order)
    counted.set(order.orderId, order)
  }
}

/** Whether there is credit for more than was cleared; what a person released reaches as far as they said. */
function objectionTo(
  revised: OrderState,
  before: OrderState,
  { book, batch }: { book: CreditBook; batch: OrderBatch },
): string | undefined {
  const { setting } = batch
  book.discount(before)
  const accounts = book.accountsOf(revised)
  book.count(before)
  if (accounts.length === 0) return undefined
  const policy = creditPolicyOf(revised, setting)
  const { totalMinor: grossMinor, currency, isShipComplete, terms } = revised
  const release = releasedByPerson(before)?.release
  const reach = { grossMinor, accounts, settings: policy.settings, now: setting.now }
  if (release !== undefined && releaseEnd(release, reach) === undefined) return undefined
  const decision = judgeCredit(
    {
      order: { grossMinor, currency, isShipComplete, terms },
      accounts,
      rates: book.rates,
      today: setting.today,
    },
    policy,
  )
  const { failed: _failed, ...told } = decision
  setting.onDecision({ policy: 'credit', orderId: revised.orderId, ...told })
  if (decision.decision !== 'hold') return undefined
  const [from, to] = [moneyText(before.totalMinor, currency), moneyText(grossMinor, currency)]
  return `The change would raise the order from ${from} to ${to}, and there is no credit for that: ${creditMessage(decision)}`
}

/** Opens the credit of customers whose released orders are about to be changed; nothing where none is. */
export async function openCreditOfChange(
  tx: TenantTx,
  documents: readonly WaitingDocument[],
  batch: OrderBatch,
): Promise<CreditOfChange | undefined> {
  const streams = new Set(documents.filter(isChange).map(({ streamKey }) => streamKey))
  if (streams.size === 0) return undefined
  const isChanging = (order: OrderState) => streams.has(order.streamKey) && isOnItsWay(order)
  const all = batch.all()
  const judged = all.filter(isChanging)
  if (judged.length === 0) return undefined
  const others = all.filter((order) => !isChanging(order))
  const book = await openCreditBook(tx, { judged, others }, batch.setting)
  const counted: Counted = new Map(others.map((order) => [order.orderId, order]))
  return (before, revised) => {
    if (revised.totalMinor <= before.totalMinor) return undefined
    catchUp(book, counted, batch)
    return objectionTo(revised, before, { book, batch })
  }
}
