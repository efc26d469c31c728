import { Anchor, Badge, Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { type OrderSummary, ordersQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { WideTable } from '../../shared/wide-table.tsx'
import { ordersSearch, stageWords } from './orders-search.ts'

const stageChoices = Object.entries(stageWords).map(([value, label]) => ({ value, label }))

const heldChoices = [
  { value: 'true', label: 'With a hold' },
  { value: 'false', label: 'Without holds' },
]

/** The badge of a stage; a hold in force is said beside it. */
export function Stage({
  order,
}: {
  readonly order: Pick<OrderSummary, 'stage' | 'isPartly' | 'activeHolds'>
}) {
  const { stage, isPartly, activeHolds } = order
  return (
    <Group gap={4}>
      <Badge variant="light" color={stage === 'held' ? 'orange' : 'gray'} size="sm">
        {stageWords[stage]}
        {isPartly ? ', partly' : ''}
      </Badge>
      {activeHolds.map((type) => (
        <Badge key={type} variant="outline" color="orange" size="sm">
          {type.replaceAll('_', ' ').toLowerCase()}
        </Badge>
      ))}
    </Group>
  )
}

function Row({ order }: { readonly order: OrderSummary }) {
  const { orderId, orderNumber, purchaseOrderNumber, customerName, customerNumber } = order
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/orders/${orderId}`} fw={600} size="sm">
          {orderNumber}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Stage order={order} />
      </Table.Td>
      <Table.Td>{customerName ?? customerNumber ?? 'not known yet'}</Table.Td>
      <Table.Td visibleFrom="sm">{purchaseOrderNumber}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {moneyText(order.totalMinor, order.currency)}
      </Table.Td>
      <Table.Td visibleFrom="sm" ta="right">
        {order.lineCount}
      </Table.Td>
      <Table.Td visibleFrom="sm">{order.requestedOn ?? ''}</Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Moment at={order.receivedAt} />
      </Table.Td>
    </Table.Tr>
  )
}

function OrdersTable({ orders }: { readonly orders: readonly OrderSummary[] }) {
  return (
    <WideTable minWidth={560} highlightOnHover stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Order</Table.Th>
          <Table.Th>Stage</Table.Th>
          <Table.Th>Customer</Table.Th>
          <Table.Th visibleFrom="sm">Their number</Table.Th>
          <Table.Th ta="right">Total</Table.Th>
          <Table.Th visibleFrom="sm" ta="right">
            Lines
          </Table.Th>
          <Table.Th visibleFrom="sm">Wanted on</Table.Th>
          <Table.Th>Received</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {orders.map((order) => (
          <Row key={order.orderId} order={order} />
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

/** All orders, narrowed by stage, holds and any number they go by; the address keeps what it is narrowed to. */
export function Orders() {
  const filter = ordersSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const search = useRef<HTMLInputElement>(null)
  const narrow = (change: Record<string, unknown>) =>
    void navigate({ to: '/orders', search: ordersSearch({ ...filter, ...change }), replace: true })
  const find = useDebouncedCallback((q: string) => narrow({ q: q.trim() }), 250)
  useHotkeys([['/', () => search.current?.focus()]])
  const query = useInfiniteQuery(ordersQuery(filter))
  const { data, error, refetch, hasNextPage } = query
  const orders = data?.pages.flatMap(({ items }) => items)
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h3">
          Orders
        </Title>
        <Group gap="xs">
          <TextInput
            ref={search}
            size="xs"
            w={280}
            placeholder="Any number: order, PO, customer, item, invoice …  ( / )"
            aria-label="Find an order by any number it goes by"
            defaultValue={filter.q ?? ''}
            onChange={({ currentTarget }) => find(currentTarget.value)}
          />
          <Select
            size="xs"
            w={140}
            placeholder="Any stage"
            aria-label="Stage"
            clearable
            data={stageChoices}
            value={filter.stage ?? null}
            onChange={(stage) => narrow({ stage: stage ?? undefined })}
          />
          <Select
            size="xs"
            w={140}
            placeholder="Held or not"
            aria-label="Holds"
            clearable
            data={heldChoices}
            value={filter.held === undefined ? null : String(filter.held)}
            onChange={(held) => narrow({ held: held === null ? undefined : held === 'true' })}
          />
        </Group>
      </Group>
      {error !== null && <Failed error={error} again={refetch} />}
      {orders === undefined && error === null && <Reading rows={12} />}
      {orders?.length === 0 && (
        <Nothing title="No orders">
          {Object.keys(filter).length === 0
            ? 'They appear here as soon as the first one arrives.'
            : 'None is like this; take away a filter.'}
        </Nothing>
      )}
      {orders !== undefined && orders.length > 0 && <OrdersTable orders={orders} />}
      <ShowMore query={query} />
      {orders !== undefined && orders.length > 0 && !hasNextPage && (
        <Text size="xs" c="dimmed">
          These are all.
        </Text>
      )}
    </Stack>
  )
}
