import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { moneyText } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import {
  type CreditOrder,
  exposureValues,
  type FailedCheck,
  failedChecks,
} from './account-checks.ts'
import type { CreditExclusion, CreditSettings } from './credit-policy.ts'
import type { CreditAccount, CreditRate, Exposure } from './exposure.ts'
import { waysOut } from './ways-out.ts'

/** An order, whoever buys it with their parents, the buyer first, and the rates that are stored. */
export type CreditQuestion = {
  readonly order: CreditOrder
  readonly accounts: readonly CreditAccount[]
  readonly rates: readonly CreditRate[]
  readonly today: IsoDate
}

/** Whether an order is delivered on account, and why. */
export type CreditDecision = PolicyDecision<
  'CREDIT_WITHIN_LIMIT' | 'CREDIT_NOT_CHECKED' | 'CREDIT_EXCLUDED' | 'CREDIT_HOLD'
> & {
  /** Every check that failed, those an exclusion lets pass among them. */
  readonly failed: readonly FailedCheck[]
}

function isInScope(
  exclusion: CreditExclusion,
  check: FailedCheck,
  { order, accounts }: CreditQuestion,
): boolean {
  const { checks, customerNumbers, segments, orderUpToMinor, overLimitUpToMinor } = exclusion
  const [buyer] = accounts
  const account = accounts.find(({ customerNumber }) => customerNumber === check.customerNumber)
  if (buyer === undefined || account === undefined) return false
  const names: readonly string[] = checks
  const overUpTo = overLimitUpToMinor?.[account.currency]
  const orderUpTo = orderUpToMinor?.[order.currency]
  return (
    names.includes(check.check) &&
    (customerNumbers?.includes(buyer.customerNumber) ?? true) &&
    (segments?.includes(buyer.segment) ?? true) &&
    (orderUpToMinor === undefined || (orderUpTo !== undefined && order.grossMinor <= orderUpTo)) &&
    (overLimitUpToMinor === undefined ||
      (overUpTo !== undefined && (check.overMinor ?? 0) <= overUpTo))
  )
}

function withinLimit(account: CreditAccount, exposure: Exposure): Evidence {
  const { customerNumber, currency, limitMinor = 0 } = account
  return {
    weighs: 'for',
    text: `${customerNumber}: exposure ${moneyText(exposure.totalMinor, currency)} with this order, within the limit of ${moneyText(limitMinor, currency)}.`,
    source: `customer:${customerNumber}`,
    values: exposureValues(account, exposure),
  }
}

function against({ customerNumber, text, values, check }: FailedCheck): Evidence {
  return {
    weighs: 'against',
    text,
    source: `customer:${customerNumber}`,
    values: { check, ...values },
  }
}

function notChecked([buyer]: readonly CreditAccount[]): Evidence {
  return {
    weighs: 'note',
    text: `${buyer?.customerNumber ?? 'The customer'}: neither the customer nor a parent has a credit limit, so the exposure is not checked.`,
    source: 'policy:credit',
  }
}

function noLimit({ accounts }: CreditQuestion): FailedCheck {
  const customerNumber = accounts[0]?.customerNumber ?? ''
  return {
    check: 'NO_LIMIT',
    customerNumber,
    text: `${customerNumber}: neither the customer nor a parent has a credit limit.`,
    values: {},
  }
}

type Checked = { readonly failed: readonly FailedCheck[]; readonly passed: readonly Evidence[] }

function checkAll(question: CreditQuestion, settings: CreditSettings): Checked {
  const { order, accounts, rates, today } = question
  const results = accounts.map((account, place) => ({
    account,
    ...failedChecks({ order, account, settings, today }, { rates, isBuyer: place === 0 }),
  }))
  const isLimited = accounts.some(({ limitMinor }) => limitMinor !== undefined)
  const mustHaveLimit = !isLimited && settings.withoutLimit === 'hold'
  return {
    failed: [
      ...results.flatMap(({ failed }) => failed),
      ...(mustHaveLimit ? [noLimit(question)] : []),
    ],
    passed: isLimited
      ? results.flatMap(({ account, failed, exposure }) =>
          account.limitMinor === undefined ||
          exposure === undefined ||
          failed.some(({ check }) => check === 'LIMIT')
            ? []
            : withinLimit(account, exposure),
        )
      : mustHaveLimit
        ? []
        : [notChecked(accounts)],
  }
}

/**
 * Decides whether an order is delivered on account. All checks are made and every one that failed is named;
 * only then exclusions are looked at, each within its scope (domain rules 3.6).
 */
export function judgeCredit(
  question: CreditQuestion,
  { settings, version }: PolicyInForce<CreditSettings>,
): CreditDecision {
  const { failed, passed } = checkAll(question, settings)
  const standing = { policyVersion: version, failed, alternatives: [] }
  if (failed.length === 0)
    return {
      ...standing,
      decision: 'accept',
      kind: question.accounts.some(({ limitMinor }) => limitMinor !== undefined)
        ? 'CREDIT_WITHIN_LIMIT'
        : 'CREDIT_NOT_CHECKED',
      evidence: passed,
    }
  const excluded = failed.flatMap((check) => {
    const exclusion = settings.exclusions.find((candidate) => isInScope(candidate, check, question))
    return exclusion === undefined ? [] : { check, exclusion }
  })
  const letPass = new Set(excluded.map(({ check }) => check))
  const stands = failed.filter((check) => !letPass.has(check))
  const evidence: Evidence[] = [
    ...failed.map(against),
    ...excluded.map(
      ({ check, exclusion }): Evidence => ({
        weighs: 'for',
        text: `The exclusion "${exclusion.name}" lets ${check.check} pass.`,
        source: 'policy:credit',
        values: { check: check.check, exclusion: exclusion.name },
      }),
    ),
    ...passed,
  ]
  if (stands.length === 0)
    return { ...standing, decision: 'accept', kind: 'CREDIT_EXCLUDED', evidence }
  const overMinor = Math.max(0, ...stands.map((check) => check.overMinor ?? 0))
  const [buyer] = question.accounts
  return {
    ...standing,
    decision: 'hold',
    kind: 'CREDIT_HOLD',
    evidence,
    ...(overMinor === 0 || buyer === undefined
      ? {}
      : { money: { amountMinor: overMinor, currency: buyer.currency } }),
    alternatives: waysOut({ ...question, failed: stands, settings }),
  }
}
