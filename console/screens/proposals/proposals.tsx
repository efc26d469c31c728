import { Badge, Box, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { proposalsQuery } from '../../api/queries.ts'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { ProposalPanel } from './proposal-panel.tsx'
import { ProposalsList } from './proposals-list.tsx'

const shown = [
  { label: 'Waiting', value: 'requires_review' },
  { label: 'All', value: 'all' },
]

/** The one inbox of all agents, hosts and colleagues: what waits for a person, and what became of the rest. */
export function Proposals() {
  const navigate = useNavigate()
  const chosen: string | undefined = useParams({ strict: false }).proposalId
  const [filter, setFilter] = useState('requires_review')
  const [marked, setMarked] = useState<readonly string[]>([])
  const status = filter === 'requires_review' ? 'requires_review' : undefined
  const { data, error, refetch } = useQuery(proposalsQuery(status))
  const items = data?.items ?? []
  const open = (proposalId: string) =>
    navigate({ to: '/proposals/$proposalId', params: { proposalId } })
  const step = (by: 1 | -1) => {
    const at = items.findIndex(({ proposalId }) => proposalId === chosen)
    const next = items[at === -1 ? 0 : at + by]
    if (next !== undefined) void open(next.proposalId)
  }
  useHotkeys([
    ['j', () => step(1)],
    ['k', () => step(-1)],
  ])
  const list = () => {
    if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
    if (data === undefined) return <Reading />
    if (items.length === 0)
      return (
        <Nothing title="Nothing waits for a decision">
          What agents, agent hosts and colleagues propose appears here by itself.
        </Nothing>
      )
    return (
      <ProposalsList
        items={items}
        chosen={chosen}
        marked={marked}
        onMark={setMarked}
        onOpen={(proposalId) => void open(proposalId)}
        isCut={data.nextCursor !== null}
      />
    )
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={1} size="h3">
            Approvals
          </Title>
          {data !== undefined && <Badge variant="light">{items.length}</Badge>}
        </Group>
        <Group gap="md">
          <Text size="xs" c="dimmed" visibleFrom="md">
            j k move · a approve · e edit · r reject
          </Text>
          <SegmentedControl size="xs" data={shown} value={filter} onChange={setFilter} />
        </Group>
      </Group>
      <BulkBar items={items} marked={marked} onDone={() => setMarked([])} />
      <Group align="flex-start" gap="md" wrap="nowrap">
        <Box
          flex="1 1 340px"
          maw={chosen === undefined ? undefined : 560}
          {...(chosen === undefined ? {} : { visibleFrom: 'md' })}
        >
          {list()}
        </Box>
        {chosen !== undefined && (
          <Box flex="2 1 480px" miw={0}>
            <ProposalPanel proposalId={chosen} onNext={() => step(1)} />
          </Box>
        )}
      </Group>
    </Stack>
  )
}
