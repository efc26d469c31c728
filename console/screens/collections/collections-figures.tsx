import { Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import {
  ageingQuery,
  type CurrencyKpi,
  collectionsKpiQuery,
} from '../../api/collections-queries.ts'
import { Figures } from '../../shared/figures.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Failed, Reading } from '../../shared/states.tsx'
import { AgeingBar } from './ageing-bar.tsx'

function days(text: string | null): string | null {
  if (text === null) return null
  return text === '1' ? '1 day' : `${text} days`
}

function figuresOf(
  { dso, bestPossibleDso, averageDaysDelinquent, collectionEffectiveness }: CurrencyKpi,
  promises: string,
) {
  return [
    ['DSO', days(dso)],
    ['Best possible DSO', days(bestPossibleDso)],
    ['Average days delinquent', days(averageDaysDelinquent)],
    [
      'Collection effectiveness',
      collectionEffectiveness === null ? null : `${collectionEffectiveness} %`,
    ],
    ['Promises kept', promises],
  ] as const
}

/** How collecting goes in one currency: with all customers, or with one. */
export function CollectionsKpi({
  currency,
  customerNumber,
}: {
  readonly currency: string
  readonly customerNumber?: string
}) {
  const { data } = useQuery(collectionsKpiQuery(customerNumber))
  const kpi = data?.currencies.find((one) => one.currency === currency)
  if (data === undefined || kpi === undefined) return null
  const { since, until, promisesKept, promisesDecided } = data
  const promises = promisesDecided === 0 ? 'none yet' : `${promisesKept} of ${promisesDecided}`
  return (
    <Stack gap={4}>
      <Figures figures={figuresOf(kpi, promises)} />
      <Text size="xs" c="dimmed">
        {since} to {until}
      </Text>
    </Stack>
  )
}

/** What all customers owe by age, and how collecting goes; one part for each currency. */
export function CollectionsFigures() {
  const { data, error, refetch } = useInfiniteQuery(ageingQuery(''))
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading rows={3} />
  return data.pages[0]?.totals.map(({ currency, customers, ageing }) => (
    <Stack gap="xs" key={currency} component="section" aria-label={`Owed in ${currency}`}>
      <Title order={2} size="h6">
        {moneyText(ageing.openMinor, currency)} open with{' '}
        {customers === 1 ? '1 customer' : `${customers} customers`},{' '}
        {moneyText(ageing.overdueMinor, currency)} overdue
      </Title>
      <AgeingBar ageing={ageing} currency={currency} />
      <CollectionsKpi currency={currency} />
    </Stack>
  ))
}
