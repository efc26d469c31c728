import { Button, CloseButton, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { connectionsQuery } from '../../api/orders-queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { holdWords, type OrdersSearch, stageWords } from './orders-search.ts'
import type { OrdersNarrowing } from './use-orders-search.ts'

type Chip = { readonly label: string; readonly without: Readonly<Record<string, undefined>> }

const wordsOf = (list: string, words: Readonly<Record<string, string>>) =>
  list
    .split(',')
    .map((word) => words[word] ?? word)
    .join(' or ')

/** A day as people say it; `today-7` is a day that moves on by itself. */
function dayText(day: string): string {
  const days = Number(day.replace('today', '') || 0)
  if (!day.startsWith('today')) return day
  if (days === 0) return 'today'
  if (days === 1) return 'tomorrow'
  if (days === -1) return 'yesterday'
  return days < 0 ? `${-days} days ago` : `in ${days} days`
}

function span(what: string, from: string | undefined, until: string | undefined): string {
  if (from !== undefined && from === until) return `${what} ${dayText(from)}`
  if (until === undefined) return `${what} ${dayText(from ?? '')} or later`
  if (from === undefined) return `${what} ${dayText(until)} or earlier`
  return `${what} ${dayText(from)} to ${dayText(until)}`
}

function amountText({ totalFrom, currency }: OrdersSearch): string {
  if (totalFrom === undefined) return `In ${currency}`
  return `At least ${moneyText(totalFrom, currency ?? 'USD')}`
}

type Known = { readonly channelOf: (id: string) => string }

type ChipOf = (search: OrdersSearch, known: Known) => string

/** What each filter is called when it is in force, and which parts of the address go with it. */
const chipOf: readonly (readonly [readonly (keyof OrdersSearch)[], ChipOf])[] = [
  [['q'], ({ q }) => `“${q}”`],
  [['stage'], ({ stage = '' }) => wordsOf(stage, stageWords)],
  [['held'], ({ held }) => (held === true ? 'Release held' : 'Release not held')],
  [['hold'], ({ hold = '' }) => `Hold: ${wordsOf(hold, holdWords)}`],
  [['stock'], () => 'Waiting for stock'],
  [['customer'], ({ customer }) => `Customer ${customer}`],
  [['connection'], ({ connection = '' }, { channelOf }) => `By ${channelOf(connection)}`],
  [
    ['receivedFrom', 'receivedUntil'],
    ({ receivedFrom, receivedUntil }) => span('Received', receivedFrom, receivedUntil),
  ],
  [
    ['wantedFrom', 'wantedUntil'],
    ({ wantedFrom, wantedUntil }) => span('Wanted', wantedFrom, wantedUntil),
  ],
  [['late'], () => 'Late'],
  [['totalFrom', 'currency'], amountText],
  [['test'], ({ test }) => (test === 'only' ? 'Test orders only' : 'With test orders')],
]

const chipsOf = (search: OrdersSearch, known: Known): Chip[] =>
  chipOf
    .filter(([names]) => names.some((name) => search[name] !== undefined))
    .map(([names, label]) => ({
      label: label(search, known),
      without: Object.fromEntries(names.map((name) => [name, undefined])),
    }))

/** Whether the list is narrowed at all. */
export const isNarrowed = (search: OrdersSearch): boolean =>
  chipsOf(search, { channelOf: (id) => id }).length > 0

/** What the list is narrowed to, each to be taken away by itself. */
export function OrdersChips({ search, narrow, show }: OrdersNarrowing) {
  const { data } = useQuery({ ...connectionsQuery, enabled: search.connection !== undefined })
  const channelOf = (id: string) =>
    data?.items.find(({ connectionId }) => connectionId === id)?.name ?? id
  const chips = chipsOf(search, { channelOf })
  if (chips.length === 0) return null
  return (
    <Group gap={6} role="group" aria-label="Filters in force">
      {chips.map(({ label, without }) => (
        <span key={label} className="filter-chip">
          {label}
          <CloseButton
            size="xs"
            aria-label={`Take away: ${label}`}
            onClick={() => narrow(without)}
          />
        </span>
      ))}
      {chips.length > 1 && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => show({ view: 'all', sort: search.sort })}
        >
          Take all away
        </Button>
      )}
    </Group>
  )
}
