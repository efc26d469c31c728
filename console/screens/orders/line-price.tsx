import { Stack, Text } from '@mantine/core'
import type { LineExplanation } from '../../api/order-queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Figures } from '../../shared/figures.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText, unitPriceText } from '../../shared/money.tsx'
import { Fold, WorkedOutNow } from '../../shared/on-record.tsx'

type Fact = NonNullable<LineExplanation['now']>['evidence'][number]
type Decision = LineExplanation['recorded']['decisions'][number]

function toleranceText({ tolerance, currency }: LineExplanation): string | null {
  if (tolerance === null) return 'not needed'
  const { percent, lineMinor, direction } = tolerance
  const bound = lineMinor === null ? `none in ${currency}` : `and ${moneyText(lineMinor, currency)}`
  return `${percent} % ${bound} ${direction}`
}

function figuresOf(line: LineExplanation) {
  const { recorded, buyer, currency } = line
  const { unitPrice, amountMinor } = recorded
  const difference = buyer?.differenceMinor ?? null
  return [
    ['Our price, each', unitPrice === null ? 'none' : unitPriceText(unitPrice, currency)],
    ['Our amount', moneyText(amountMinor, currency)],
    [
      'The buyer wrote',
      buyer === null
        ? 'no price'
        : `${unitPriceText(buyer.asWritten, currency)} per ${buyer.per === '1' ? '' : `${buyer.per} `}${buyer.uom}`,
    ],
    ['Their amount', buyer === null ? 'none' : moneyText(buyer.amountMinor, currency)],
    [
      'Difference',
      difference === null
        ? 'none'
        : `${difference > 0 ? '+' : ''}${moneyText(difference, currency)}`,
    ],
    ['Passes by itself within', toleranceText(line)],
  ] as const
}

/** The steps with the days their records hold, as far as they were put down. */
function withValidity(evidence: readonly Fact[]): Fact[] {
  return evidence.map((fact) => {
    const { validFrom, validTo } = fact.values ?? {}
    if (validFrom === undefined) return fact
    const end = validTo === undefined ? '' : ` until before ${validTo}`
    return { ...fact, text: `${fact.text} In force from ${validFrom}${end}.` }
  })
}

/** When a decision was taken and by whose hand, or that nobody knows. */
function When({ at, actor }: Pick<Decision, 'at' | 'actor'>) {
  if (at === null)
    return (
      <Text size="xs" c="dimmed">
        It stands on the order; when it was found is not on record.
      </Text>
    )
  return (
    <Text size="xs" c="dimmed">
      On record since <Moment at={at} />
      {actor === null ? '' : `, by ${actor}`}
    </Text>
  )
}

function Decided({ decision }: { readonly decision: Decision }) {
  const { summary, findings, at, actor } = decision
  return (
    <Stack gap={4}>
      <When at={at} actor={actor} />
      {findings.length === 0 && <Text size="sm">{summary}</Text>}
      {findings.map(({ kind, message, evidence = [] }) => (
        <div key={`${kind} ${message}`}>
          <Text size="sm" fw={600}>
            {message}
          </Text>
          {evidence.length > 0 && <EvidenceList evidence={withValidity(evidence)} />}
        </div>
      ))}
    </Stack>
  )
}

function Settled({ recorded, currency }: Pick<LineExplanation, 'recorded' | 'currency'>) {
  const price = recorded.settled?.price
  if (price === undefined) return null
  return (
    <Text size="sm">
      Settled at {unitPriceText(price.unitPrice, currency)} each by {recorded.decidedBy}{' '}
      <Moment at={price.at} />: {price.of === 'buyers' ? 'the buyer’s price' : price.source}.
    </Text>
  )
}

function Recorded({ line }: { readonly line: LineExplanation }) {
  const { decisions, source, isPricedAtShip, acknowledgedPrice } = line.recorded
  const [latest, ...earlier] = decisions
  const isBare = decisions.every(({ findings }) => findings.length === 0)
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        As it was decided{source === null ? '' : `: ${source}`}
      </Text>
      <Settled recorded={line.recorded} currency={line.currency} />
      {latest !== undefined && <Decided decision={latest} />}
      {isBare && (
        <Text size="sm" c="dimmed">
          Nothing of its price was off, so no more than its source was put on record.
        </Text>
      )}
      {isPricedAtShip && <Text size="sm">It is priced again on the day the goods leave.</Text>}
      {acknowledgedPrice !== null && (
        <Text size="xs" c="dimmed">
          The buyer was told {unitPriceText(acknowledgedPrice, line.currency)} each.
        </Text>
      )}
      {earlier.length > 0 && (
        <Fold label={`Earlier decisions (${earlier.length})`}>
          <Stack gap="xs">
            {earlier.map((decision) => (
              <Decided key={`${decision.kind} ${decision.at ?? ''}`} decision={decision} />
            ))}
          </Stack>
        </Fold>
      )}
    </Stack>
  )
}

function Now({ line }: { readonly line: LineExplanation }) {
  const { now, workedOutAt, currency, recorded } = line
  if (now === null) return null
  const { unitPrice, source, isAsRecorded, evidence } = now
  const isBare = recorded.decisions.every(({ findings }) => findings.length === 0)
  const price = unitPrice === null ? 'no price' : `${unitPriceText(unitPrice, currency)} each`
  return (
    <WorkedOutNow at={workedOutAt} isBesideRecord>
      <Text size="sm">
        {isAsRecorded
          ? `Today’s records and rules come to the same: ${price}.`
          : `Today’s records and rules would come to something else: ${price}${source === null ? '' : ` (${source})`}.`}
      </Text>
      <Fold label="Step by step, and what was passed over" isOpen={isBare || !isAsRecorded}>
        <EvidenceList evidence={withValidity(evidence)} />
      </Fold>
    </WorkedOutNow>
  )
}

/** How the price of a line came about: the two prices side by side, what was decided then, and what today would say. */
export function LinePrice({ line }: { readonly line: LineExplanation }) {
  const { tolerance } = line
  return (
    <Stack gap="xs">
      <Figures figures={figuresOf(line)} />
      {tolerance !== null && !tolerance.isAsRecorded && (
        <Text size="xs" c="dimmed">
          The bounds are those in force now ({tolerance.policyVersion}); by which it was compared
          then is not on record.
        </Text>
      )}
      <Recorded line={line} />
      <Now line={line} />
    </Stack>
  )
}
