import { Anchor, Badge, Chip, Group, Timeline as Line, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type StoryEntry, storyPage, storyQuery } from '../../api/order-queries.ts'
import { Sentence } from '../../shared/evidence-list.tsx'
import { dayOf, Moment } from '../../shared/moment.tsx'
import { placeOf } from '../../shared/places.ts'
import { RecordLink } from '../../shared/record-link.tsx'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'

const sorts: readonly (readonly [StoryEntry['sort'] | '', string])[] = [
  ['', 'All'],
  ['flow', 'Steps'],
  ['document', 'Documents'],
  ['hold', 'Holds'],
  ['decision', 'Decisions'],
  ['person', 'People'],
  ['message', 'Messages'],
  ['call', 'Calls'],
]

const linkWords: Readonly<Record<string, string>> = {
  proposal: 'the proposal',
  cluster: 'the cause',
  customer: 'the customer',
}

const handColours = { person: 'teal', agent: 'orange', outside: 'gray', house: 'gray' } as const
const handWords = { person: 'person', agent: 'agent', outside: 'outside', house: 'house' } as const

function Links({ entry }: { readonly entry: StoryEntry }) {
  const { records, documentId } = entry
  return (
    <>
      {records.map((record) => (
        <span key={record}>
          {' · '}
          <RecordLink record={record} label={linkWords[record.split(':')[0] ?? ''] ?? record} />
        </span>
      ))}
      {documentId !== null && (
        <>
          {placeOf('document', documentId) !== undefined && (
            <>
              {' · '}
              <RecordLink record={`document:${documentId}`} label="look" />
            </>
          )}
          {' · '}
          <Anchor
            size="xs"
            underline="always"
            href={`/v1/documents/${documentId}/raw`}
            target="_blank"
          >
            its bytes
          </Anchor>
        </>
      )}
    </>
  )
}

function Entry({ entry }: { readonly entry: StoryEntry }) {
  const { text, at, actor, hand, askedBy } = entry
  return (
    <Line.Item
      mt="sm"
      color={hand === 'person' ? 'teal' : 'gray'}
      title={
        <Text size="sm" className="words">
          <Sentence text={text} />
        </Text>
      }
    >
      <Text size="xs" c="dimmed" component="div">
        <Moment at={at} isTimeOnly />
        {actor !== null && (
          <>
            {' · '}
            {actor}{' '}
            {(hand === 'person' || hand === 'agent') && (
              <Badge size="xs" variant="light" color={handColours[hand]}>
                {handWords[hand]}
              </Badge>
            )}
          </>
        )}
        {askedBy !== null && askedBy !== actor && ` · asked for by ${askedBy}`}
        <Links entry={entry} />
      </Text>
    </Line.Item>
  )
}

/** Entries of one day where the reader is, in the order they came. */
function byDay(entries: readonly StoryEntry[]): [string, StoryEntry[]][] {
  const days: [string, StoryEntry[]][] = []
  for (const entry of entries) {
    const day = dayOf(entry.at)
    const last = days.at(-1)
    if (last?.[0] === day) last[1].push(entry)
    else days.push([day, [entry]])
  }
  return days
}

function Days({ entries }: { readonly entries: readonly StoryEntry[] }) {
  return byDay(entries).map(([day, ofDay]) => (
    <section key={day}>
      <Title order={3} size="h6" mb="xs">
        {day}
      </Title>
      <Line bulletSize={10} lineWidth={2} active={ofDay.length}>
        {ofDay.map((entry) => (
          <Entry key={entry.entryId} entry={entry} />
        ))}
      </Line>
    </section>
  ))
}

/** Everything that happened to an order in one stream, the newest first, by day; chips narrow it to one sort. */
export function OrderStory({ orderId }: { readonly orderId: string }) {
  const [sort, setSort] = useState<StoryEntry['sort'] | ''>('')
  const query = useInfiniteQuery(storyQuery(orderId, sort))
  const { data, error, refetch } = query
  const entries = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Stack gap="sm">
      <Group gap={6} role="group" aria-label="What is shown">
        {sorts.map(([value, label]) => (
          <Chip
            key={label}
            size="xs"
            type="radio"
            name="story-sort"
            checked={value === sort}
            onChange={() => setSort(value)}
          >
            {label}
          </Chip>
        ))}
      </Group>
      {error !== null && <Failed error={error} again={refetch} />}
      {error === null && data === undefined && <Reading rows={6} />}
      {data !== undefined && entries.length === 0 && <Nothing title="Nothing of this sort yet" />}
      <Days entries={entries} />
      <ShowMore query={query} label={`Show ${storyPage} more`} />
    </Stack>
  )
}
