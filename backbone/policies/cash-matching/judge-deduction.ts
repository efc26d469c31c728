import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import {
  allocateMinor,
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
  /** The credit the payer set off, as it named it. */
  readonly reference?: string | undefined
  /** Our open credit note of that number to the payer's customer, less what is set off elsewhere; absent where there is none. */
  readonly creditNote?: { readonly number: string; readonly openMinor: MinorUnits } | undefined
  readonly lines: readonly {
    readonly line: string
    /** Units billed that have not come back. */
    readonly quantityEach: number
    readonly billedPrice: DecimalText
    /** Price of the agreement in force; absent where none is. */
    readonly contractPrice?: DecimalText | undefined
    readonly source?: string | undefined
    /** What was credited of the line for its price before. */
    readonly creditedMinor?: MinorUnits | undefined
  }[]
}

/** Whether a deduction is right. */
export type DeductionVerdict = PolicyDecision<
  'valid' | 'partly-valid' | 'invalid' | 'unchecked'
> & {
  /** What the payer kept back rightly. */
  readonly justifiedMinor: MinorUnits
  /** What of it lies in the price of which line. */
  readonly lines: readonly { readonly line: string; readonly amountMinor: MinorUnits }[]
}

/** X12 element 426 reasons that the agreed price decides. */
const priceCodes = new Set(['01', '02', '03'])

type Overcharge = {
  readonly line: string
  readonly amountMinor: MinorUnits
  readonly text: string
  readonly source?: string
}

function overcharges({ lines, currency }: DeductionFacts): Overcharge[] {
  return lines.flatMap(
    ({ line, quantityEach, billedPrice, contractPrice, source, creditedMinor = 0 }) => {
      if (contractPrice === undefined || compareDecimal(billedPrice, contractPrice) <= 0) return []
      const overMinor = lineAmountMinor(
        subtractDecimal(billedPrice, contractPrice),
        String(quantityEach),
        currency,
      )
      const amountMinor = Math.max(0, overMinor - creditedMinor)
      const before =
        creditedMinor === 0 ? '' : `, ${moneyText(creditedMinor, currency)} of it credited before`
      const text = `Line ${line}: ${quantityEach} billed at ${billedPrice}, agreed ${contractPrice}: ${moneyText(overMinor, currency)} too much${before}.`
      return [{ line, amountMinor, text, ...(source === undefined ? {} : { source }) }]
    },
  )
}

type Finding = {
  readonly justifiedMinor: MinorUnits
  readonly evidence: Evidence[]
  /** What settles it. */
  readonly remedy: 'credit-note' | 'use-credit-note'
  readonly lines?: DeductionVerdict['lines']
}

function creditFound({ creditNote, reference, amountMinor, currency }: DeductionFacts): Finding {
  if (creditNote === undefined)
    return {
      ...{ justifiedMinor: 0, remedy: 'use-credit-note' },
      evidence: [{ weighs: 'against', text: `No open credit note ${reference} was issued to it.` }],
    }
  if (creditNote.openMinor <= 0)
    return {
      ...{ justifiedMinor: 0, remedy: 'use-credit-note' },
      evidence: [
        {
          weighs: 'against',
          text: `Credit note ${creditNote.number} is set off on other payments already.`,
          source: `credit-note:${creditNote.number}`,
        },
      ],
    }
  const text = `Credit note ${creditNote.number} has ${moneyText(creditNote.openMinor, currency)} open.`
  return {
    justifiedMinor: Math.min(creditNote.openMinor, amountMinor),
    ...{ evidence: [{ weighs: 'for', text, source: `credit-note:${creditNote.number}` }] },
    remedy: 'use-credit-note',
  }
}

/** What is justified, by the lines that were too dear. */
function partsOf(
  found: readonly Overcharge[],
  justifiedMinor: MinorUnits,
): DeductionVerdict['lines'] {
  const shares = allocateMinor(
    justifiedMinor,
    found.map((over) => over.amountMinor),
  )
  return found.map(({ line }, place) => ({ line, amountMinor: shares[place] ?? 0 }))
}

function overchargeFound(facts: DeductionFacts): Finding {
  const found = overcharges(facts)
  const overMinor = sumMinor(found.map((over) => over.amountMinor))
  const justifiedMinor = Math.min(overMinor, facts.amountMinor)
  return {
    justifiedMinor,
    lines: overMinor === 0 ? [] : partsOf(found, justifiedMinor),
    remedy: 'credit-note',
    evidence:
      found.length === 0
        ? [
            {
              weighs: 'against',
              text: `No line of ${facts.invoiceNumber} was billed above its agreed price.`,
            },
          ]
        : found.map(({ text, source }) => ({
            ...{ weighs: 'for' as const, text },
            ...(source === undefined ? {} : { source }),
          })),
  }
}

/** What our own records say of a deduction; undefined where they cannot say anything. */
function foundIn(facts: DeductionFacts): Finding | undefined {
  if (facts.reference !== undefined) return creditFound(facts)
  return facts.code !== undefined && priceCodes.has(facts.code) ? overchargeFound(facts) : undefined
}

function remedyText(
  { invoiceNumber, currency, reference }: DeductionFacts,
  found: Finding,
): string {
  const amount = moneyText(found.justifiedMinor, currency)
  return found.remedy === 'credit-note'
    ? `A credit note of ${amount} to ${invoiceNumber}.`
    : `Put ${amount} of credit note ${reference} to ${invoiceNumber}.`
}

/**
 * Judges a deduction: for its price against the agreements (domain rules C4), a credit set off against our open
 * credit notes; other reasons are for a person.
 */
export function judgeDeduction(
  facts: DeductionFacts,
  policy: PolicyInForce<CashSettings>,
): DeductionVerdict {
  const { currency, amountMinor, code, invoiceNumber } = facts
  const found = foundIn(facts)
  if (found === undefined) {
    const text =
      code === undefined
        ? `The payer gave no reason for ${moneyText(amountMinor, currency)}: it must be asked.`
        : `Reason ${code} is not about the price: a person must look.`
    return {
      ...{ decision: 'hold', kind: 'unchecked', justifiedMinor: 0, lines: [], alternatives: [] },
      ...{ evidence: [{ weighs: 'note', text }], policyVersion: policy.version },
    }
  }
  const { justifiedMinor, evidence, remedy, lines = [] } = found
  const result = { justifiedMinor, lines, evidence, policyVersion: policy.version }
  if (justifiedMinor === 0)
    return { ...result, decision: 'refuse', kind: 'invalid', alternatives: [] }
  return {
    ...result,
    decision: 'propose',
    kind: justifiedMinor === amountMinor ? 'valid' : 'partly-valid',
    money: { amountMinor: justifiedMinor, currency },
    alternatives: [
      {
        candidateId: `${remedy}:${invoiceNumber}:${justifiedMinor}`,
        ...{ kind: remedy, text: remedyText(facts, found) },
        ...{ amountMinor: justifiedMinor, currency },
      },
    ],
  }
}
