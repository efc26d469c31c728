import type { PolicyDecision } from '../../canonical/decision.ts'
import {
  type Currency,
  compareDecimal,
  type DecimalText,
  lineAmountMinor,
  type MinorUnits,
  moneyText,
  subtractDecimal,
  sumMinor,
} from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { CashSettings } from './cash-policy.ts'

/** What a payer kept back, and how the invoice's lines were billed against what was agreed. */
export type DeductionFacts = {
  readonly invoiceNumber: string
  readonly currency: Currency
  readonly amountMinor: MinorUnits
  readonly code?: string | undefined
  readonly lines: readonly {
    readonly line: string
    readonly quantityEach: number
    readonly billedPrice: DecimalText
    /** Price of the agreement in force; absent where none is. */
    readonly contractPrice?: DecimalText | undefined
    readonly source?: string | undefined
  }[]
}

/** Whether a deduction is right. */
export type DeductionVerdict = PolicyDecision<
  'valid' | 'partly-valid' | 'invalid' | 'unchecked'
> & {
  /** What the payer kept back rightly. */
  readonly justifiedMinor: MinorUnits
}

/** X12 element 426 reasons that the agreed price decides. */
const priceCodes = new Set(['01', '02', '03'])

type Overcharge = {
  readonly amountMinor: MinorUnits
  readonly text: string
  readonly source?: string
}

function overcharges({ lines, currency }: DeductionFacts): Overcharge[] {
  return lines.flatMap(({ line, quantityEach, billedPrice, contractPrice, source }) => {
    if (contractPrice === undefined || compareDecimal(billedPrice, contractPrice) <= 0) return []
    const amountMinor = lineAmountMinor(
      subtractDecimal(billedPrice, contractPrice),
      String(quantityEach),
      currency,
    )
    const text = `Line ${line}: ${quantityEach} billed at ${billedPrice}, agreed ${contractPrice}: ${moneyText(amountMinor, currency)} too much.`
    return [{ amountMinor, text, ...(source === undefined ? {} : { source }) }]
  })
}

/** Judges a deduction for its price against the agreements (domain rules C4); other reasons are for a person. */
export function judgeDeduction(
  facts: DeductionFacts,
  policy: PolicyInForce<CashSettings>,
): DeductionVerdict {
  const { currency, amountMinor, code, invoiceNumber } = facts
  const result = { alternatives: [], policyVersion: policy.version }
  if (code === undefined || !priceCodes.has(code))
    return {
      ...{ decision: 'hold', kind: 'unchecked', justifiedMinor: 0, ...result },
      evidence: [
        {
          weighs: 'note',
          text:
            code === undefined
              ? `The payer gave no reason for ${moneyText(amountMinor, currency)}: it must be asked.`
              : `Reason ${code} is not about the price: a person must look.`,
        },
      ],
    }
  const found = overcharges(facts)
  const overMinor = sumMinor(found.map((over) => over.amountMinor))
  const justifiedMinor = Math.min(overMinor, amountMinor)
  const kind =
    justifiedMinor === 0 ? 'invalid' : justifiedMinor === amountMinor ? 'valid' : 'partly-valid'
  const because =
    found.length === 0
      ? [
          {
            weighs: 'against' as const,
            text: `No line of ${invoiceNumber} was billed above its agreed price.`,
          },
        ]
      : found.map(({ text, source }) => ({
          ...{ weighs: 'for' as const, text },
          ...(source === undefined ? {} : { source }),
        }))
  return {
    ...result,
    ...{ kind, justifiedMinor },
    decision: justifiedMinor === 0 ? 'refuse' : 'propose',
    evidence: because,
    ...(justifiedMinor === 0 ? {} : { money: { amountMinor: justifiedMinor, currency } }),
    alternatives:
      justifiedMinor === 0
        ? []
        : [
            {
              candidateId: `credit:${invoiceNumber}:${justifiedMinor}`,
              kind: 'credit-note',
              text: `A credit note of ${moneyText(justifiedMinor, currency)} to ${invoiceNumber}.`,
              ...{ amountMinor: justifiedMinor, currency },
            },
          ],
  }
}
