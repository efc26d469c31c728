import { Group, SegmentedControl, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { delegationsQuery, proposalCountQuery } from '../../api/proposals-queries.ts'
import { type Session, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { actWords } from '../../shared/words.ts'
import type { ProposalsSearch } from './proposals-search.ts'

const sorts = [
  { value: 'newest', label: 'Newest first' },
  { value: 'expiry', label: 'Expires soonest' },
  { value: 'money', label: 'Most money' },
]

/** What the inbox is narrowed to and sorted by; the choices are those there are, with how many. */
export function InboxFilters({
  filter,
  onNarrow,
}: {
  readonly filter: ProposalsSearch
  readonly onNarrow: (change: Record<string, unknown>) => void
}) {
  const isDecided = filter.tab === 'decided'
  const { data: waiting } = useQuery(proposalCountQuery(false))
  const { data: shown } = useQuery(proposalCountQuery(isDecided))
  const tabs = [
    { value: 'waiting', label: waiting === undefined ? 'Waiting' : `Waiting (${waiting.count})` },
    { value: 'decided', label: 'Decided' },
  ]
  const kinds = shown?.byKind ?? []
  const askers = shown?.byRequester ?? []
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        aria-label="Which proposals"
        data={tabs}
        value={filter.tab ?? 'waiting'}
        onChange={(tab) => onNarrow({ tab, kind: undefined, asker: undefined })}
      />
      <Select
        size="xs"
        w={190}
        placeholder="Any kind"
        aria-label="Kind"
        clearable
        data={kinds.map(({ kind, count }) => ({
          value: kind,
          label: `${actWords[kind]} (${count})`,
        }))}
        value={filter.kind ?? null}
        onChange={(kind) => onNarrow({ kind: kind ?? undefined })}
      />
      <Select
        size="xs"
        w={170}
        placeholder="Asked by anybody"
        aria-label="Who asked"
        clearable
        searchable
        data={askers.map(({ requestedBy: { id, name }, count }) => ({
          value: id,
          label: `${name} (${count})`,
        }))}
        value={filter.asker ?? null}
        onChange={(asker) => onNarrow({ asker: asker ?? undefined })}
      />
      <Select
        size="xs"
        w={140}
        aria-label="Order"
        allowDeselect={false}
        data={sorts}
        value={filter.sort ?? 'newest'}
        onChange={(sort) => onNarrow({ sort: sort ?? undefined })}
      />
    </Group>
  )
}

/** In whose place the reader decides now, and who decides in theirs. */
export function Deputies({ session }: { readonly session: Session }) {
  const { userId } = session.person
  const mayDecide = session.scopes.includes('proposals:decide')
  const { data } = useQuery({ ...delegationsQuery, enabled: mayDecide })
  const now = Date.now()
  const inForce = (data?.items ?? []).filter(
    ({ endedAt, validFrom, validUntil, fromUserId, toUserId }) =>
      endedAt === null &&
      Date.parse(validFrom) <= now &&
      Date.parse(validUntil) > now &&
      (fromUserId === userId || toUserId === userId),
  )
  return inForce.map(({ delegationId, fromUserId, fromName, toName, validUntil }) => (
    <Text size="sm" key={delegationId} role="note">
      {fromUserId === userId ? `${toName} decides for you` : `You decide for ${fromName}`} until{' '}
      <Moment at={validUntil} />.
    </Text>
  ))
}

/** Whether the reader may decide, and who they are; undefined while that is read. */
export function useReader():
  | { readonly session: Session; readonly mayDecide: boolean }
  | undefined {
  const { data: session } = useQuery(sessionQuery)
  if (session === undefined) return undefined
  return { session, mayDecide: session.scopes.includes('proposals:decide') }
}
