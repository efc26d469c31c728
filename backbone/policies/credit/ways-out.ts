import { addDays } from '../../canonical/calendar.ts'
import type { Alternative } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { moneyText } from '../../canonical/money.ts'
import type { CreditOrder, FailedCheck } from './account-checks.ts'
import type { CreditSettings } from './credit-policy.ts'
import type { CreditAccount } from './exposure.ts'

type Question = {
  readonly order: CreditOrder
  readonly accounts: readonly CreditAccount[]
  readonly failed: readonly FailedCheck[]
  readonly settings: CreditSettings
  readonly today: IsoDate
}

function releasePart({ order }: Question, freeMinor: number): Alternative[] {
  if (order.isShipComplete || freeMinor <= 0) return []
  return [
    {
      candidateId: `credit:release-part:${freeMinor}`,
      kind: 'release-part',
      text: `Release ${moneyText(freeMinor, order.currency)} of the order now; the rest waits.`,
      amountMinor: freeMinor,
      currency: order.currency,
    },
  ]
}

function receipts({ accounts, order }: Question, overMinor: number): Alternative[] {
  return accounts
    .flatMap(({ pendingReceipts }) => pendingReceipts)
    .filter(({ currency }) => currency === order.currency)
    .map(({ paymentNumber, amountMinor, currency }) => ({
      candidateId: `credit:apply-receipt:${paymentNumber}`,
      kind: 'apply-receipt',
      text: `Apply payment ${paymentNumber} of ${moneyText(amountMinor, currency)}, which ${amountMinor >= overMinor ? 'is enough' : 'is not enough by itself'}.`,
      amountMinor,
      currency,
    }))
}

function temporaryLimits({ accounts, failed, settings, today }: Question): Alternative[] {
  const validTo = addDays(today, settings.temporaryLimitDays)
  return failed.flatMap(({ check, customerNumber, values }) => {
    const account = accounts.find((candidate) => candidate.customerNumber === customerNumber)
    const exposureMinor = values['totalMinor']
    // With a share of the limit in use the limit itself would have to grow more: that is for a person to say.
    if (check !== 'LIMIT' || account === undefined || typeof exposureMinor !== 'number') return []
    if (settings.limitUsePercent !== '100') return []
    return {
      candidateId: `credit:temporary-limit:${customerNumber}:${exposureMinor}`,
      kind: 'temporary-limit',
      text: `Raise the limit of ${customerNumber} to ${moneyText(exposureMinor, account.currency)} until ${validTo}.`,
      amountMinor: exposureMinor,
      currency: account.currency,
      values: { customerNumber, validTo },
    }
  })
}

/** What could be done instead of waiting, where nothing but a limit stands against the order (domain rules 3.6). */
export function waysOut(question: Question): Alternative[] {
  const { order, accounts, failed } = question
  if (failed.some(({ check }) => check !== 'LIMIT')) return []
  const currencyOf = (customerNumber: string) =>
    accounts.find((account) => account.customerNumber === customerNumber)?.currency
  const isOneCurrency = failed.every(
    ({ customerNumber }) => currencyOf(customerNumber) === order.currency,
  )
  const temporary = temporaryLimits(question)
  if (!isOneCurrency) return temporary
  const overMinor = Math.max(...failed.map((check) => check.overMinor ?? 0))
  const freeMinor = Math.min(...failed.map((check) => check.freeMinor ?? 0))
  return [
    ...releasePart(question, freeMinor),
    {
      candidateId: `credit:prepay:${overMinor}`,
      kind: 'prepay',
      text: `The customer pays ${moneyText(overMinor, order.currency)} in advance.`,
      amountMinor: overMinor,
      currency: order.currency,
    },
    ...receipts(question, overMinor),
    ...temporary,
  ]
}
