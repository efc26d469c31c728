import { Group, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import {
  orderOfNumber,
  ordersCountQuery,
  ordersQuery,
  orderViewsQuery,
} from '../../api/orders-queries.ts'
import { useRowKeys } from '../../shared/row-keys.ts'
import { ShowMoreOnTheWay } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { useKeys } from '../../shared/use-keys.ts'
import { isNarrowed, OrdersChips } from './orders-chips.tsx'
import { OrdersFilters } from './orders-filters.tsx'
import { sortWords } from './orders-search.ts'
import { OrdersTable } from './orders-table.tsx'
import { OrdersViews } from './orders-views.tsx'
import { type OrdersNarrowing, useOrdersSearch } from './use-orders-search.ts'

const sortChoices = Object.entries(sortWords).map(([value, label]) => ({ value, label }))

/** An address that names nothing opens with the view the person chose to be first. */
function useFirstView({ search, show }: OrdersNarrowing): boolean {
  const isBare = Object.keys(search).length === 0
  const { data } = useQuery(orderViewsQuery)
  const first = data?.items.find(({ viewId }) => viewId === data.firstViewId)
  useEffect(() => {
    if (isBare && first !== undefined) show({ ...first.filters, view: first.viewId })
  })
  return isBare && first !== undefined
}

function Search({ search, narrow }: OrdersNarrowing) {
  const box = useRef<HTMLInputElement>(null)
  const navigate = useNavigate()
  const [text, setText] = useState(search.q ?? '')
  // What this box itself has said: whatever else the address says, a view or a chip did, and the box follows.
  const said = useRef(search.q ?? '')
  useEffect(() => {
    if ((search.q ?? '') === said.current) return
    said.current = search.q ?? ''
    setText(said.current)
  }, [search.q])
  const say = (q: string) => {
    said.current = q
    narrow({ q })
  }
  const find = useDebouncedCallback(say, 250)
  useKeys([['/', () => box.current?.select()]])
  // A whole number goes straight to its order.
  const open = async (q: string) => {
    find.cancel()
    const orderId = q === '' ? undefined : await orderOfNumber(q).catch(() => undefined)
    if (orderId === undefined) say(q)
    else void navigate({ to: `/orders/${orderId}` })
  }
  return (
    <TextInput
      ref={box}
      size="xs"
      className="order-search"
      placeholder="Any number or customer name  ( / )"
      aria-label="Find an order by any number it goes by, or by its customer"
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        find(currentTarget.value.trim())
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') void open(currentTarget.value.trim())
      }}
    />
  )
}

function Count({ search: { view, ...filter } }: OrdersNarrowing) {
  const { data } = useQuery(ordersCountQuery(filter))
  if (data === undefined) return null
  const count = data.count.toLocaleString()
  return (
    <Text size="sm" c="dimmed" role="status">
      {count}
      {data.isCapped ? '+' : ''} {data.count === 1 ? 'order' : 'orders'}
    </Text>
  )
}

function Tools(narrowing: OrdersNarrowing) {
  const { search, narrow } = narrowing
  return (
    <Group gap="xs" className="order-tools">
      <Search {...narrowing} />
      <OrdersFilters {...narrowing} />
      <Select
        size="xs"
        w={130}
        aria-label="Sorted by"
        allowDeselect={false}
        data={sortChoices}
        value={search.sort ?? 'received'}
        onChange={(sort) => narrow({ sort })}
      />
    </Group>
  )
}

/** All orders, as views, filters and a search narrow them; the address keeps what they are narrowed to. */
export function Orders() {
  const narrowing = useOrdersSearch()
  const { view, ...filter } = narrowing.search
  const isOpening = useFirstView(narrowing)
  const query = useInfiniteQuery({ ...ordersQuery(filter), enabled: !isOpening })
  const rows = useRowKeys<HTMLTableElement>()
  const { data, error, refetch, hasNextPage } = query
  const orders = data?.pages.flatMap(({ items }) => items)
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1} size="h3">
            Orders
          </Title>
          <OrdersViews {...narrowing} />
          <Count {...narrowing} />
        </Group>
        <Tools {...narrowing} />
      </Group>
      <OrdersChips {...narrowing} />
      {error !== null && <Failed error={error} again={refetch} />}
      {orders === undefined && error === null && <Reading rows={12} />}
      {orders?.length === 0 && (
        <Nothing title="No orders">
          {isNarrowed(narrowing.search)
            ? 'None is like this. Take away a filter above.'
            : 'They appear here as soon as the first one arrives.'}
        </Nothing>
      )}
      {orders !== undefined && orders.length > 0 && <OrdersTable orders={orders} rows={rows} />}
      <ShowMoreOnTheWay query={query} />
      {orders !== undefined && orders.length > 0 && (
        <Text size="xs" c="dimmed" visibleFrom="sm">
          {hasNextPage ? '' : 'These are all. '}j and k move · Enter opens · / searches · v shows
          views
        </Text>
      )}
    </Stack>
  )
}
