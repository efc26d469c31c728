import type { Alternative, Evidence, PolicyDecision } from '../../canonical/decision.ts'
import {
  type Currency,
  type DecimalText,
  divideDecimal,
  lineAmountMinor,
  type MinorUnits,
  moneyText,
  multiplyDecimal,
  percentOfMinor,
} from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { ReturnsSettings } from './returns-policy.ts'

/** The price of a unit from a quantity on. */
type PriceBreak = { readonly fromEach: number; readonly unitPrice: DecimalText }

/** A billed line of which goods come back, with what was credited for it before. */
export type ReturnedLine = {
  readonly line: string
  readonly currency: Currency
  readonly reason: string
  readonly invoicedEach: number
  /** Credited by earlier returns. */
  readonly creditedEach: number
  /** What inspection accepted now. */
  readonly returningEach: number
  /** The line as billed, before its share of an order discount. */
  readonly lineAmountMinor: MinorUnits
  readonly allocatedDiscountMinor: MinorUnits
  /** The tax actually charged for the line. */
  readonly taxChargedMinor: MinorUnits
  readonly taxPercent?: DecimalText
  readonly creditedNetMinor: MinorUnits
  readonly creditedTaxMinor: MinorUnits
  /** The breaks the line was priced by; none for a line with one price. */
  readonly breaks: readonly PriceBreak[]
}

/** A credit in its parts: net plus tax less the restocking fee. */
export type CreditParts = {
  readonly netMinor: MinorUnits
  readonly taxMinor: MinorUnits
  readonly feeMinor: MinorUnits
  readonly totalMinor: MinorUnits
}

/** What a return of a line is credited with; the other way of counting is among the alternatives. */
export type ReturnCreditDecision = PolicyDecision<'RETURN_CREDIT' | 'NOTHING_TO_CREDIT'> & {
  readonly credit: CreditParts
  readonly simple: CreditParts
  /** What the kept quantity costs by its own bracket; absent where that is no other price. */
  readonly rerated?: CreditParts
}

/** A share of an amount, half-up to the minor unit; the whole is exactly the amount. */
function shareMinor(amountMinor: MinorUnits, part: number, whole: number): MinorUnits {
  if (part === whole) return amountMinor
  return Number(divideDecimal(multiplyDecimal(String(amountMinor), String(part)), String(whole), 0))
}

const netOf = ({ lineAmountMinor, allocatedDiscountMinor }: ReturnedLine): MinorUnits =>
  lineAmountMinor - allocatedDiscountMinor

/** The net of all returns so far and this one, by the price that was billed. */
function simpleNetSoFar(line: ReturnedLine, backEach: number): MinorUnits {
  return shareMinor(netOf(line), backEach, line.invoicedEach)
}

function priceOfKept({ breaks }: ReturnedLine, keptEach: number): DecimalText | undefined {
  return breaks
    .filter(({ fromEach }) => fromEach <= keptEach)
    .sort((a, b) => b.fromEach - a.fromEach)
    .at(0)?.unitPrice
}

/** The same where what is kept is priced by its own quantity; nothing where that changes nothing. */
function reratedNetSoFar(line: ReturnedLine, backEach: number): MinorUnits | undefined {
  const keptEach = line.invoicedEach - backEach
  if (keptEach === 0) return undefined
  const kept = priceOfKept(line, keptEach)
  const billed = priceOfKept(line, line.invoicedEach)
  if (kept === undefined || billed === undefined || kept === billed) return undefined
  const keptMinor = lineAmountMinor(kept, String(keptEach), line.currency)
  const keptDiscount = shareMinor(line.allocatedDiscountMinor, keptEach, line.invoicedEach)
  return Math.max(0, netOf(line) - (keptMinor - keptDiscount))
}

/** Tax on the cumulative net less what was refunded; never above the tax charged, the last return takes the rest. */
function refundTax(line: ReturnedLine, netSoFarMinor: MinorUnits): MinorUnits {
  const net = netOf(line)
  const soFar =
    netSoFarMinor >= net || net === 0
      ? line.taxChargedMinor
      : line.taxPercent === undefined
        ? shareMinor(line.taxChargedMinor, netSoFarMinor, net)
        : percentOfMinor(netSoFarMinor, line.taxPercent)
  return Math.max(0, Math.min(soFar, line.taxChargedMinor) - line.creditedTaxMinor)
}

function partsOf(
  line: ReturnedLine,
  netSoFarMinor: MinorUnits,
  feePercent: DecimalText,
): CreditParts {
  const netMinor = Math.max(0, netSoFarMinor - line.creditedNetMinor)
  const taxMinor = netMinor === 0 ? 0 : refundTax(line, netSoFarMinor)
  const feeMinor = percentOfMinor(netMinor, feePercent)
  return { netMinor, taxMinor, feeMinor, totalMinor: netMinor + taxMinor - feeMinor }
}

function sentence(
  what: string,
  { netMinor, taxMinor, feeMinor, totalMinor }: CreditParts,
  currency: Currency,
): string {
  const fee = feeMinor === 0 ? '' : ` less ${moneyText(feeMinor, currency)} restocking fee`
  const tax = taxMinor === 0 ? '' : ` + ${moneyText(taxMinor, currency)} tax`
  return `${what}: ${moneyText(netMinor, currency)} net${tax}${fee} = ${moneyText(totalMinor, currency)}.`
}

function netEvidence(line: ReturnedLine, backEach: number): Evidence[] {
  const { currency, allocatedDiscountMinor, creditedNetMinor, creditedTaxMinor } = line
  const discount =
    allocatedDiscountMinor === 0
      ? ''
      : ` less its share ${moneyText(allocatedDiscountMinor, currency)} of the order discount`
  return [
    {
      weighs: 'for',
      text: `Line ${line.line} was billed ${line.invoicedEach} for ${moneyText(line.lineAmountMinor, currency)}${discount}; ${line.returningEach} come back, ${backEach} in all.`,
      values: { netMinor: netOf(line), backEach, invoicedEach: line.invoicedEach },
    },
    ...(creditedNetMinor + creditedTaxMinor === 0
      ? []
      : [
          {
            weighs: 'note' as const,
            text: `${moneyText(creditedNetMinor, currency)} net and ${moneyText(creditedTaxMinor, currency)} tax were credited before; this credit is what is left of the cumulative sum.`,
            values: { creditedNetMinor, creditedTaxMinor },
          },
        ]),
  ]
}

type Way = {
  readonly key: 'simple' | 'rerated'
  readonly what: string
  readonly parts: CreditParts
}

function otherWay(chosen: Way, other: Way, line: ReturnedLine): Alternative {
  return {
    candidateId: `return-credit:${line.line}:${other.key}`,
    kind: other.key === 'rerated' ? 'RERATED' : 'SIMPLE',
    text: sentence(other.what, other.parts, line.currency),
    amountMinor: other.parts.totalMinor - chosen.parts.totalMinor,
    currency: line.currency,
    values: { ...other.parts },
  }
}

function waysOf(line: ReturnedLine, backEach: number, feePercent: DecimalText) {
  const simple: Way = {
    key: 'simple',
    what: 'By the price that was billed',
    parts: partsOf(line, simpleNetSoFar(line, backEach), feePercent),
  }
  const reratedNet = reratedNetSoFar(line, backEach)
  if (reratedNet === undefined) return { simple, rerated: undefined }
  const keptEach = line.invoicedEach - backEach
  const rerated: Way = {
    key: 'rerated',
    what: `With the ${keptEach} that are kept at their own price ${priceOfKept(line, keptEach) ?? ''}`,
    parts: partsOf(line, reratedNet, feePercent),
  }
  return { simple, rerated }
}

const note = (text: string): Evidence => ({ weighs: 'note', text })

/**
 * What goods that came back are credited with: what was billed for them after the order's discount, the tax actually
 * charged, less a restocking fee (domain rules 3.9). Where what is kept falls into another bracket, both ways of
 * counting are shown and a person decides.
 */
export function returnCredit(
  line: ReturnedLine,
  { settings, version }: PolicyInForce<ReturnsSettings>,
): ReturnCreditDecision {
  const isOurFault = settings.reasons[line.reason]?.isOurFault ?? false
  const hasFeeWaived = isOurFault && settings.restockingFeePercent !== '0'
  const backEach = Math.min(line.invoicedEach, line.creditedEach + line.returningEach)
  const { simple, rerated } = waysOf(
    line,
    backEach,
    isOurFault ? '0' : settings.restockingFeePercent,
  )
  const chosen = settings.rerateOnReturn ? (rerated ?? simple) : simple
  const others = [simple, ...(rerated === undefined ? [] : [rerated])].filter(
    (way) => way !== chosen,
  )
  const credit = chosen.parts
  const auto = settings.autoCreditUpTo[line.currency] ?? -1
  return {
    decision: rerated === undefined && credit.totalMinor <= auto ? 'accept' : 'propose',
    kind: credit.totalMinor > 0 ? 'RETURN_CREDIT' : 'NOTHING_TO_CREDIT',
    evidence: [
      ...netEvidence(line, backEach),
      { weighs: 'for', text: sentence(chosen.what, credit, line.currency), values: { ...credit } },
      ...others.map(() =>
        note(
          'The quantity that is kept has another price: both credits are shown, a person decides.',
        ),
      ),
      ...(hasFeeWaived ? [note('No restocking fee: the fault is ours.')] : []),
    ],
    money: { amountMinor: credit.totalMinor, currency: line.currency },
    alternatives: others.map((way) => otherWay(chosen, way, line)),
    policyVersion: version,
    credit,
    simple: simple.parts,
    ...(rerated === undefined ? {} : { rerated: rerated.parts }),
  }
}
