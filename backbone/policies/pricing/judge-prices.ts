import type { Evidence } from '../../canonical/decision.ts'
import { groupBy } from '../../canonical/group-by.ts'
import { moneyText, sumMinor } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { comparePrices, type OrderComparison } from './comparison.ts'
import { judgeLine } from './line-verdict.ts'
import { orderFindings } from './order-checks.ts'
import { belowFloorByDiscount, orderDiscount } from './order-discount.ts'
import type { LineBackground, OrderToPrice } from './order-to-price.ts'
import type { LineVerdict, OrderJudgement, PriceFinding } from './price-judgement.ts'
import type { PricingSettings } from './pricing-policy.ts'

const gravity = ['accept', 'propose', 'hold', 'refuse'] as const

function gravest(decisions: readonly OrderJudgement['decision'][]): OrderJudgement['decision'] {
  return decisions.reduce<OrderJudgement['decision']>(
    (worst, decision) => (gravity.indexOf(decision) > gravity.indexOf(worst) ? decision : worst),
    'accept',
  )
}

/** What is said of one line: its price where there is something to say, and what else is wrong. */
function lineFindings(verdict: LineVerdict): PriceFinding[] {
  const { line, explanations, also } = verdict
  const rest = also.map((finding) => ({
    ...finding,
    lines: [line],
    mayBe: [],
    severity: Math.abs(finding.deltaMinor),
  }))
  const isQuiet =
    verdict.kind === 'PRICE_AS_EXPECTED' ||
    verdict.kind === 'PRICE_SETTLED' ||
    (verdict.kind === 'MISSING_OR_ZERO_PRICE' && verdict.decision === 'accept')
  if (isQuiet) return rest
  const { decision, kind, evidence, alternatives, policyVersion, message, deltaMinor } = verdict
  const sure = explanations.length === 0 ? 1 : (explanations[0]?.confidence ?? 1)
  return [
    {
      decision,
      kind,
      evidence,
      alternatives,
      policyVersion,
      lines: [line],
      message,
      deltaMinor,
      mayBe: kind === 'AMBIGUOUS' ? [...new Set(explanations.map((each) => each.kind))] : [],
      severity: Math.abs(deltaMinor) * sure,
      ...(verdict.answer === undefined ? {} : { answer: verdict.answer }),
      ...(verdict.money === undefined ? {} : { money: verdict.money }),
    },
    ...rest,
  ]
}

const byLine = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

// An order of thousands of lines is decided by its kind: the first ones show what it is about.
const shownLines = 50

/** The facts of one line, each saying whose it is: in one finding they stand beside those of others. */
function ofLine({ lines, evidence }: PriceFinding): Evidence[] {
  const [line] = lines
  if (line === undefined) return [...evidence]
  return evidence.map((fact) => ({ ...fact, values: { ...fact.values, line } }))
}

/** What is shown of the lines of one finding. */
function shownOf(inTurn: readonly PriceFinding[]): Pick<PriceFinding, 'evidence' | 'alternatives'> {
  const shown = inTurn.slice(0, shownLines)
  const rest = inTurn.length - shown.length
  const more: Evidence[] =
    rest === 0 ? [] : [{ weighs: 'note', text: `${rest} more lines are off in the same way.` }]
  return {
    evidence: [...shown.flatMap(ofLine), ...more],
    alternatives: shown.flatMap(({ alternatives }) => alternatives),
  }
}

/** All lines of one kind make one finding with one decision (domain rules 3.1.2). */
function merged(findings: readonly PriceFinding[], comparison: OrderComparison): PriceFinding[] {
  const inTurn = findings.toSorted((a, b) => byLine(a.lines[0] ?? '', b.lines[0] ?? ''))
  const [first] = inTurn
  if (first === undefined || inTurn.length === 1) return inTurn
  const { currency } = comparison.order
  const deltaMinor = sumMinor(inTurn.map((finding) => finding.deltaMinor))
  const lines = inTurn.flatMap((finding) => finding.lines)
  const one: PriceFinding = {
    ...first,
    decision: gravest(inTurn.map(({ decision }) => decision)),
    lines,
    deltaMinor,
    message:
      `Lines ${lines.join(', ')} (${moneyText(deltaMinor, currency)} together): ${inTurn.map(({ message }) => message).join(' ')}`.slice(
        0,
        500,
      ),
    severity: inTurn.reduce((sum, { severity }) => sum + severity, 0),
    mayBe: [...new Set(inTurn.flatMap(({ mayBe }) => mayBe))],
    ...shownOf(inTurn),
    ...(deltaMinor === 0 ? {} : { money: { amountMinor: deltaMinor, currency } }),
  }
  return [one]
}

/** Judges compared prices; the backgrounds are those of the lines that `linesToExplain` named. */
export function judgeComparison(
  comparison: OrderComparison,
  backgrounds: ReadonlyMap<string, LineBackground> = new Map(),
): OrderJudgement {
  const lines = comparison.lines.map((line) =>
    judgeLine(line, comparison, backgrounds.get(line.asked.line.line)),
  )
  const discount = orderDiscount(comparison, lines)
  const belowFloor = discount === undefined ? [] : belowFloorByDiscount(comparison, lines, discount)
  const ofLines = groupBy(lines.flatMap(lineFindings), ({ kind }) => kind)
  const findings = [
    ...[...ofLines.values()].flatMap((group) => merged(group, comparison)),
    ...orderFindings(comparison, discount, belowFloor),
  ].sort((a, b) => b.severity - a.severity || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
  return {
    decision: gravest(findings.map(({ decision }) => decision)),
    lines,
    findings,
    ...(discount === undefined ? {} : { orderDiscount: discount }),
    policyVersion: comparison.policy.version,
  }
}

/** Prices an order, compares it with what the buyer wrote, and explains what is off: all of domain rules 3.1.1 and 3.1.2. */
export function judgePrices(
  order: OrderToPrice,
  policy: PolicyInForce<PricingSettings>,
): OrderJudgement {
  return judgeComparison(comparePrices(order, policy))
}
