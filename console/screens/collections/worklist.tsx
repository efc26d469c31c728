import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type WorklistLine, worklistQuery } from '../../api/collections-queries.ts'
import { ListRow } from '../../shared/list-row.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { CaseReasons, Worth } from './case-reasons.tsx'
import type { CollectionsSearch } from './collections-search.ts'
import { caseText, dueText } from './collections-words.ts'

function Row({ line }: { readonly line: WorklistLine }) {
  const { customerNumber, name, segment, collector, currency } = line
  const { kind, level, oldestDays, evidence } = line.case
  const due = dueText(line.case)
  return (
    <ListRow>
      <Stack gap={4} flex="1 1 280px">
        <Group gap={6}>
          <Anchor
            component={Link}
            to={`/collections/${encodeURIComponent(customerNumber)}`}
            fw={600}
            size="sm"
            data-row
          >
            {name}
          </Anchor>
          <Badge size="sm" variant="light" color={kind === 'wait' ? 'gray' : 'teal'}>
            {caseText(kind)}
            {due !== undefined && due !== caseText(kind) ? `, then: ${due}` : ''}
          </Badge>
          {level !== null && (
            <Badge size="sm" variant="outline" color="gray">
              Level {level}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {[
            customerNumber,
            segment,
            collector ?? 'no collector',
            ...(oldestDays === null ? [] : [`oldest ${oldestDays} days past due`]),
          ].join(' · ')}
        </Text>
        <CaseReasons evidence={evidence} />
      </Stack>
      <Worth theCase={line.case} currency={currency} />
    </ListRow>
  )
}

function Nobody({ isNarrowed }: { readonly isNarrowed: boolean }) {
  return (
    <Nothing title="Nobody to ask">
      {isNarrowed
        ? 'None is like this; take away a filter.'
        : 'Customers appear here as soon as there is something to do about what they owe.'}
    </Nothing>
  )
}

/** Whom to ask for money, the most worthwhile contact first, with every reason of its place. */
export function Worklist({ q = '', kind = '', level = '' }: CollectionsSearch) {
  const list = useRowKeys()
  const query = useInfiniteQuery(worklistQuery({ q, kind, level }))
  const { data, error, refetch } = query
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading />
  const lines = data.pages.flatMap(({ items }) => items)
  if (lines.length === 0) return <Nobody isNarrowed={`${q}${kind}${level}` !== ''} />
  return (
    <Stack gap={0} ref={list} component="section" aria-label="Worklist">
      {lines.map((line) => (
        <Row key={`${line.customerNumber} ${line.currency}`} line={line} />
      ))}
      <ShowMore query={query} />
    </Stack>
  )
}
