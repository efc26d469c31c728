import { z } from 'zod'
import type { CheckFinding, OrderLineState, OrderState } from '../../canonical/order-state.ts'
import type {
  OrderLineExplanation,
  RecordedDecision,
} from '../../canonical/views/order-line-explanation.ts'
import { OrderFinding } from '../../canonical/views/order-view.ts'
import type { LineEvent } from '../../store/reading/line-events.ts'
import { actorName } from '../actor-name.ts'

type Finding = z.infer<typeof OrderFinding>

// Findings of several lines of before they named them apart: "Lines 2, 3 (…".
const linesInWords = /^Lines ([^(]+) \(/

function isOf({ line, lines, message }: Finding, number: string): boolean {
  if (line !== undefined) return line === number
  const named =
    lines ??
    linesInWords
      .exec(message)?.[1]
      ?.split(',')
      .map((word) => word.trim())
  return named?.includes(number) ?? false
}

/** Of a finding of several lines what is of this one; facts of no line are of all. */
function narrowed(finding: Finding, number: string): Finding {
  if (finding.line !== undefined) return finding
  const { evidence, alternatives } = finding
  const isMine = (line: unknown) => line === undefined || line === number
  return {
    ...finding,
    ...(evidence === undefined
      ? {}
      : { evidence: evidence.filter(({ values }) => isMine(values?.['line'])) }),
    ...(alternatives === undefined
      ? {}
      : {
          alternatives: alternatives.filter(({ candidateId }) =>
            candidateId.startsWith(`price:line ${number}:`),
          ),
        }),
  }
}

const findingsOf = (findings: readonly Finding[], number: string): Finding[] =>
  findings.filter((finding) => isOf(finding, number)).map((finding) => narrowed(finding, number))

const Checked = z.object({ findings: z.array(OrderFinding) })

function decisionOf(
  { kind, actor, summary, body, at }: LineEvent,
  number: string,
): RecordedDecision {
  const checked = Checked.safeParse(body)
  const findings = checked.success ? findingsOf(checked.data.findings, number) : []
  return { at, actor: actorName(actor), kind, summary, findings }
}

const isDecision = ({ kind }: LineEvent) => kind === 'order.validated' || kind.startsWith('line.')

/** How the promise of a line has moved since it was made, the newest first. */
export function promiseMoves(events: readonly LineEvent[], number: string): RecordedDecision[] {
  return events
    .filter(({ kind }) => kind === 'order.promise-moved')
    .map((event) => decisionOf(event, number))
}

function asFinding({ lines, evidence, alternatives, ...finding }: CheckFinding): Finding {
  return {
    ...finding,
    ...(lines === undefined ? {} : { lines: [...lines] }),
    ...(evidence === undefined ? {} : { evidence: [...evidence] }),
    ...(alternatives === undefined ? {} : { alternatives: [...alternatives] }),
  }
}

/** What stands on the order and on no event: found once, nobody knows when. */
function undated(order: OrderState, number: string): RecordedDecision[] {
  const findings = findingsOf(order.findings.map(asFinding), number)
  if (findings.length === 0) return []
  return [
    { at: null, actor: null, kind: 'order.findings', summary: 'Stands on the order.', findings },
  ]
}

/** The price of a line as it was decided: nothing here is worked out anew. */
export function recordedPrice(
  order: OrderState,
  line: OrderLineState,
  events: readonly LineEvent[],
): OrderLineExplanation['recorded'] {
  const told = events.filter(isDecision).map((event) => decisionOf(event, line.line))
  const checked = told.find(({ kind }) => kind === 'order.validated')
  const settled = line.settled?.price
  return {
    unitPrice: line.unitPrice ?? null,
    source: line.priceSource ?? null,
    amountMinor: line.lineAmountMinor,
    decidedAt: settled?.at ?? checked?.at ?? null,
    decidedBy: settled === undefined ? (checked?.actor ?? null) : actorName(settled.by),
    isPricedAtShip: line.isPricedAtShip === true,
    acknowledgedPrice: line.acknowledgedPrice ?? null,
    settled: line.settled === undefined ? null : { ...line.settled },
    decisions: [...(checked === undefined ? undated(order, line.line) : []), ...told],
  }
}

/** By which settings the price that stands was compared, where that is on record. */
export function recordedPolicy({
  decisions,
}: OrderLineExplanation['recorded']): string | undefined {
  return decisions
    .flatMap(({ findings }) => findings.flatMap(({ policyVersion }) => policyVersion ?? []))
    .find((version) => version.startsWith('pricing:'))
}
