import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Cluster, clustersQuery } from '../../api/failures-queries.ts'
import { ListRow } from '../../shared/list-row.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { causeTitle, classWords, remedyWords, stateWords } from './failure-words.ts'

function orderWords(orders: number): string {
  if (orders === 0) return 'blocked, no open order'
  return orders === 1 ? 'blocked, 1 order' : `blocked, ${orders} orders`
}

/** What a cause holds up, one sum for each currency. */
export function Blocked({ cluster }: { readonly cluster: Cluster }) {
  const { blocked, orders } = cluster.blastRadius
  return (
    <Stack gap={0} align="flex-end" ml="auto">
      {blocked.map(({ currency, amountMinor }) => (
        <Text key={currency} fw={700} className="figures" style={{ whiteSpace: 'nowrap' }}>
          {moneyText(amountMinor, currency)}
        </Text>
      ))}
      <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {orderWords(orders)}
      </Text>
    </Stack>
  )
}

/** How old a cause is, against the nearest promise among the orders it holds up. */
export function Age({ cluster }: { readonly cluster: Cluster }) {
  const { firstFailedAt, blastRadius } = cluster
  const { nearestDueAt } = blastRadius
  const isLate = nearestDueAt !== null && Date.parse(nearestDueAt) < Date.now()
  return (
    <Text size="xs" c="dimmed">
      since <Moment at={firstFailedAt} isRelative />
      {nearestDueAt === null ? (
        ' · no promise at stake'
      ) : (
        <>
          {' · '}
          <Text span inherit c={isLate ? 'red' : 'orange'} fw={600}>
            {isLate ? 'promise broken ' : 'promise due '}
            <Moment at={nearestDueAt} isRelative />
          </Text>
        </>
      )}
    </Text>
  )
}

function countText({ count, dependants, blastRadius }: Cluster): string {
  const behind = dependants.length + blastRadius.waitingBehind
  const what = blastRadius.operations.map((name) => name.replaceAll(/[-_.]/g, ' ')).join(', ')
  const calls = `${count === 1 ? '1 call' : `${count} calls`} (${what})`
  return behind === 0 ? calls : `${calls}, ${behind} waiting behind`
}

function Row({ cluster }: { readonly cluster: Cluster }) {
  const { clusterId, state, errorClass, remedy, rootEntity, suspects, proposedChange } = cluster
  const suspect = suspects.find(({ relation }) => relation !== 'time')
  return (
    <ListRow>
      <Stack gap={4} flex="1 1 280px">
        <Anchor
          component={Link}
          to={`/failures/${encodeURIComponent(clusterId)}`}
          fw={600}
          size="sm"
          data-row
        >
          {causeTitle(cluster)}
        </Anchor>
        <Group gap={6}>
          <Badge size="sm" variant="light" color={state === 'replaying' ? 'teal' : 'gray'}>
            {stateWords[state]}
          </Badge>
          <Badge size="sm" variant="light" color="red">
            {classWords[errorClass]}
          </Badge>
          <Text size="xs" c="dimmed">
            {countText(cluster)}
            {rootEntity === null ? '' : ` · ${rootEntity}`}
          </Text>
        </Group>
        <Text size="sm">
          <b>{remedyWords[remedy]}:</b> {proposedChange.text}
        </Text>
        {suspect !== undefined && (
          <Text size="xs" c="dimmed" lineClamp={2}>
            Changed before: {suspect.text}
          </Text>
        )}
        <Age cluster={cluster} />
      </Stack>
      <Blocked cluster={cluster} />
    </ListRow>
  )
}

/** The causes of failures, the most pressing first: one fix and one sending-again for all calls of each. */
export function ClustersList() {
  const list = useRowKeys()
  const { data, error, refetch } = useQuery(clustersQuery)
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading />
  if (data.items.length === 0)
    return (
      <Nothing title="Nothing has failed">
        Calls that other systems refuse, and what keeps them from going through, appear here by
        cause.
      </Nothing>
    )
  return (
    <Stack gap={0} ref={list} component="section" aria-label="Causes">
      {data.items.map((cluster) => (
        <Row key={cluster.clusterId} cluster={cluster} />
      ))}
    </Stack>
  )
}
