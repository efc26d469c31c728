import { Anchor, Box, Group, Stack, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { inboxQuery } from '../../api/proposals-queries.ts'
import type { Proposal } from '../../api/queries.ts'
import { KeysHelp, type ScreenKeys } from '../../shared/keys-help.tsx'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { useKeys } from '../../shared/use-keys.ts'
import { BulkBar } from './bulk-bar.tsx'
import { Deputies, InboxFilters, useReader } from './inbox-filters.tsx'
import { ProposalPanel } from './proposal-panel.tsx'
import { ProposalsList } from './proposals-list.tsx'
import { inboxFilter, type ProposalsSearch, proposalsSearch } from './proposals-search.ts'

const keys: ScreenKeys = [
  ['j k', 'Next, previous proposal'],
  ['x', 'Marks the open one, to decide several together'],
  ['a', 'Approves the open one'],
  ['e', 'Changes its words'],
  ['r', 'Rejects it, with a reason'],
]

function NothingHere({ filter }: { readonly filter: ProposalsSearch }) {
  if (filter.kind !== undefined || filter.asker !== undefined)
    return <Nothing title="Nothing like this">None is like this; take away a filter.</Nothing>
  if (filter.tab === 'decided') return <Nothing title="Nothing was decided yet" />
  return (
    <Nothing title="Nothing waits for a decision">
      What agents, agent hosts and colleagues propose appears here by itself.
    </Nothing>
  )
}

/** Those that are marked, as they were when they were marked. */
function useMarks() {
  const [marked, setMarked] = useState<readonly Proposal[]>([])
  const ids = new Set(marked.map(({ proposalId }) => proposalId))
  const toggle = (proposal: Proposal) =>
    setMarked(
      ids.has(proposal.proposalId)
        ? marked.filter(({ proposalId }) => proposalId !== proposal.proposalId)
        : [...marked, proposal],
    )
  return { marked, ids, toggle, clear: () => setMarked([]) }
}

/** The address: what the inbox is narrowed to, and which proposal is open. */
function useInboxAddress() {
  const navigate = useNavigate()
  const chosen: string | undefined = useParams({ strict: false }).proposalId
  const filter = proposalsSearch(useSearch({ strict: false }))
  return {
    chosen,
    filter,
    open: (proposalId: string) =>
      void navigate({ to: '/proposals/$proposalId', params: { proposalId }, search: filter }),
    narrow: (change: Record<string, unknown>) =>
      void navigate({
        to: '/proposals',
        search: proposalsSearch({ ...filter, ...change }),
        replace: true,
      }),
  }
}

/** The one inbox of all agents, hosts and colleagues: what waits for a person, and what became of the rest. */
export function Proposals() {
  const { chosen, filter, open, narrow } = useInboxAddress()
  const { marked, ids, toggle, clear } = useMarks()
  const reader = useReader()
  const query = useInfiniteQuery(inboxQuery(inboxFilter(filter)))
  const { data, error, refetch } = query
  const items = data?.pages.flatMap((page) => page.items) ?? []
  const at = items.findIndex(({ proposalId }) => proposalId === chosen)
  const step = (by: 1 | -1) => {
    const next = items[at === -1 ? 0 : at + by]
    if (next !== undefined) open(next.proposalId)
  }
  const markChosen = () => {
    const proposal = items[at]
    if (reader?.mayDecide === true && proposal?.status === 'requires_review') toggle(proposal)
  }
  useKeys([
    ['j', () => step(1)],
    ['k', () => step(-1)],
    ['x', markChosen],
  ])
  const change = (narrowed: Record<string, unknown>) => {
    clear()
    narrow(narrowed)
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h3">
          Approvals
        </Title>
        <Group gap="xs" {...(chosen === undefined ? {} : { visibleFrom: 'md' })}>
          <InboxFilters filter={filter} onNarrow={change} />
          <KeysHelp keys={keys} />
        </Group>
      </Group>
      {reader !== undefined && <Deputies session={reader.session} />}
      <BulkBar marked={marked} onUnmark={clear} />
      <Group align="flex-start" gap="md" wrap="nowrap">
        <Box
          flex="1 1 340px"
          maw={chosen === undefined ? undefined : 560}
          {...(chosen === undefined ? {} : { visibleFrom: 'md' })}
        >
          {error !== null && <Failed error={error} again={refetch} />}
          {data === undefined && error === null && <Reading />}
          {data !== undefined && items.length === 0 && <NothingHere filter={filter} />}
          <ProposalsList
            items={items}
            userId={reader?.session.person.userId ?? ''}
            chosen={chosen}
            marked={ids}
            onMark={reader?.mayDecide === true ? toggle : undefined}
            onOpen={open}
          />
          <ShowMore query={query} />
        </Box>
        {chosen !== undefined && (
          <Box flex="2 1 480px" miw={0}>
            <Anchor component="button" size="xs" hiddenFrom="md" onClick={() => narrow({})}>
              All approvals
            </Anchor>
            <ProposalPanel proposalId={chosen} onNext={() => step(1)} />
          </Box>
        )}
      </Group>
    </Stack>
  )
}
