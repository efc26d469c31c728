import type { Customer } from '../canonical/master-data.ts'
import type { CreditStandingView } from '../canonical/views/credit-view.ts'
import type { OrderView } from '../canonical/views/order-view.ts'
import { type CreditBook, creditPolicyOf, openCreditBook } from '../flows/credit-book.ts'
import { type FlowSetting, openFlowSetting } from '../flows/flow-setting.ts'
import { type CreditAccount, exposureOf } from '../policies/credit/exposure.ts'
import { judgeCredit } from '../policies/credit/judge-credit.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { customerFile } from '../store/master-data/customer-file.ts'
import { getOrder } from '../store/reading/get-order.ts'

type Question = { readonly tenantId: string } & (
  | { readonly customerNumber: string }
  /** An order by its id or number; its customer is asked about. */
  | { readonly order: string }
)

/** How a customer stands with us. */
export type CreditReadService = {
  /** Undefined when there is no such customer or order, or the order's customer is not known. */
  standing(question: Question): Promise<CreditStandingView | undefined>
}

type Asked = {
  readonly orderId: string
  readonly customerNumber: string
  readonly currency: string
  readonly grossMinor: number
  readonly isShipComplete: boolean
  readonly terms: OrderView['terms']
}

const askedOfOrder = (order: OrderView, customerNumber: string): Asked => ({
  orderId: order.orderId,
  customerNumber,
  currency: order.currency,
  grossMinor: order.totalMinor,
  isShipComplete: order.isShipComplete,
  terms: order.terms,
})

// The customer as such: an order of nothing.
const askedOfCustomer = ({ customerNumber, currency, terms }: Customer): Asked => ({
  ...{ orderId: '', customerNumber, currency, grossMinor: 0, isShipComplete: false, terms },
})

function accountView(
  account: CreditAccount,
  asked: Asked,
  { rates, setting }: { rates: CreditBook['rates']; setting: FlowSetting },
): CreditStandingView['accounts'][number] {
  const { customerNumber, currency, limitMinor, dunningLevel, brokenPromises } = account
  const { countsOpenCredits } = creditPolicyOf({ customerNumber }, setting).settings
  const found = exposureOf(account, asked, { rates, today: setting.today, countsOpenCredits })
  const exposure = 'missingRates' in found ? undefined : found
  return {
    customerNumber,
    currency,
    limitMinor: limitMinor ?? null,
    exposureMinor: exposure?.totalMinor ?? null,
    freeMinor:
      limitMinor === undefined || exposure === undefined ? null : limitMinor - exposure.totalMinor,
    openReceivablesMinor: exposure?.openReceivablesMinor ?? null,
    overdueMinor: exposure?.overdueMinor ?? null,
    openOrdersMinor: exposure?.openOrdersMinor ?? null,
    dunningLevel,
    brokenPromises,
  }
}

async function standingOf(
  tx: TenantTx,
  { asked, order }: { asked: Asked; order: CreditStandingView['order'] },
): Promise<CreditStandingView | undefined> {
  const [customer] = await customerFile.load(tx, [asked.customerNumber])
  if (customer === undefined) return undefined
  // A question takes nobody's credit: nothing is locked.
  const setting = await openFlowSetting(tx, { isDryRun: true })
  const book = await openCreditBook(tx, { judged: [asked], others: [] }, setting)
  const accounts = await book.withReceipts(book.accountsOf(asked))
  const policy = creditPolicyOf(asked, setting)
  const question = { order: asked, accounts, rates: book.rates, today: setting.today }
  const decided = judgeCredit(question, policy)
  const { name, status, segment, currency } = customer.document
  return {
    customerNumber: asked.customerNumber,
    ...{ name, status, segment, currency },
    on: setting.today,
    order,
    decision: decided.decision,
    kind: decided.kind,
    overMinor: decided.money?.amountMinor ?? 0,
    accounts: accounts.map((account) =>
      accountView(account, asked, { rates: book.rates, setting }),
    ),
    evidence: [...decided.evidence],
    alternatives: [...decided.alternatives],
    policyVersion: decided.policyVersion,
  }
}

async function standing(tx: TenantTx, question: Question): Promise<CreditStandingView | undefined> {
  if ('order' in question) {
    const found = await getOrder(tx, question.order)
    if (found === undefined || found.customerNumber === null) return undefined
    const { orderId, orderNumber, totalMinor, currency, customerNumber } = found
    const order = { orderId, orderNumber, totalMinor, currency }
    return standingOf(tx, { asked: askedOfOrder(found, customerNumber), order })
  }
  const [customer] = await customerFile.load(tx, [question.customerNumber])
  if (customer === undefined) return undefined
  return standingOf(tx, { asked: askedOfCustomer(customer.document), order: null })
}

/** Judges credit by the flow's own rules, for whoever asks; nothing is kept of the question. */
export function creditReadService({
  database,
}: {
  readonly database: Database
}): CreditReadService {
  return {
    standing: (question) => database.inTenant(question.tenantId, (tx) => standing(tx, question)),
  }
}
