import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import type { LineExplanation } from '../../api/order-queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { moneyText, unitPriceText } from '../../shared/money.tsx'
import { Fold, WorkedOutNow } from '../../shared/on-record.tsx'

type Alternatives = NonNullable<LineExplanation['alternatives']>
type Substitute = Alternatives['substitutes'][number]

const sourceWords: Readonly<Record<string, string>> = { original: 'as for what was ordered' }

function priceText(
  { unitPrice, priceSource, differenceMinor }: Substitute,
  currency: string,
): string {
  if (unitPrice === null) return 'no price'
  const source = priceSource === null ? '' : ` (${sourceWords[priceSource] ?? priceSource})`
  const difference =
    differenceMinor === null || differenceMinor === 0
      ? ', the same money'
      : `, ${moneyText(Math.abs(differenceMinor), currency)} ${differenceMinor > 0 ? 'more' : 'less'}`
  return `${unitPriceText(unitPrice, currency)} each${source}${difference}`
}

function Marks({ swap }: { readonly swap: Substitute }) {
  const { isInStock, isStockStale, needsConsent, daysLate } = swap
  return (
    <Group gap={4}>
      <Badge size="xs" variant="light" color={isInStock ? 'teal' : 'orange'}>
        {isInStock ? 'In stock' : 'Not all in stock'}
      </Badge>
      {daysLate > 0 && (
        <Badge size="xs" variant="outline" color="orange">
          {daysLate} {daysLate === 1 ? 'day' : 'days'} late
        </Badge>
      )}
      {isStockStale && (
        <Badge size="xs" variant="outline" color="orange">
          old count
        </Badge>
      )}
      {needsConsent && (
        <Badge size="xs" variant="outline" color="gray">
          the customer is asked
        </Badge>
      )}
    </Group>
  )
}

function SubstituteCard({
  swap,
  currency,
}: {
  readonly swap: Substitute
  readonly currency: string
}) {
  const { sku, name, quantityEach, promisableEach, promisedOn, warehouse, relation, stock } = swap
  const shelves = stock.map(
    (shelf) =>
      `${shelf.warehouse}: ${shelf.promisableEach} to promise of ${shelf.onHandEach} on hand`,
  )
  return (
    <Paper withBorder p="xs" component="li">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {sku} · {name}
        </Text>
        <Marks swap={swap} />
      </Group>
      <Text size="sm">
        {Math.min(promisableEach, quantityEach)} of {quantityEach}
        {warehouse === null ? '' : ` from ${warehouse}`} on {promisedOn} ·{' '}
        {priceText(swap, currency)}
      </Text>
      <Text size="xs" c="dimmed">
        {relation.replaceAll('-', ' ')} · {shelves.join(' · ')}
      </Text>
      {swap.evidence.length > 0 && <EvidenceList evidence={swap.evidence} />}
      {swap.scored.length > 0 && (
        <Fold label="How the rules scored it">
          <EvidenceList evidence={swap.scored} />
        </Fold>
      )}
    </Paper>
  )
}

/** What could be done about a line that is short: suggestions of the rules, of which nothing is kept. */
export function LineAlternatives({ line }: { readonly line: LineExplanation }) {
  const { alternatives, workedOutAt, currency } = line
  if (alternatives === null) return null
  const { substitutes, evidence, tooLate } = alternatives
  return (
    <WorkedOutNow at={workedOutAt}>
      <Stack gap="xs">
        <Text size="sm">
          {substitutes.length === 0
            ? 'No other product may be offered for it.'
            : 'Suggestions of the rules; nothing is kept for any of them.'}{' '}
          {tooLate ?? 'Choosing one is under “What can be done”.'}
        </Text>
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {substitutes.map((swap) => (
            <SubstituteCard key={swap.sku} swap={swap} currency={currency} />
          ))}
        </Stack>
        <Fold
          label="What splitting, swapping and waiting come to"
          isOpen={substitutes.length === 0}
        >
          <EvidenceList evidence={evidence} />
        </Fold>
      </Stack>
    </WorkedOutNow>
  )
}
