import { Anchor, Badge, Group } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode, RefObject } from 'react'
import type { OrderSummary } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { holdWords, stageWords } from './orders-search.ts'
import './orders-table.css'

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
          {holdWords[type]}
        </Badge>
      ))}
    </Group>
  )
}

function Cell({ className = '', children }: { className?: string; children: ReactNode }) {
  return <td className={className}>{children}</td>
}

function Row({ order }: { readonly order: OrderSummary }) {
  const { orderId, orderNumber, purchaseOrderNumber, customerName, customerNumber } = order
  return (
    <tr className="order-row">
      <Cell className="order-number">
        <Anchor component={Link} to={`/orders/${orderId}`} fw={600} size="sm" data-row>
          {orderNumber}
        </Anchor>
        {order.isTest && (
          <Badge size="xs" variant="outline" color="gray" ml={6}>
            test
          </Badge>
        )}
      </Cell>
      <Cell className="order-stage">
        <Stage order={order} />
      </Cell>
      <Cell className="order-customer">
        {customerName ?? customerNumber ?? 'Customer not known yet'}
      </Cell>
      <Cell className="order-po">{purchaseOrderNumber}</Cell>
      <Cell className="order-figure order-total">
        {moneyText(order.totalMinor, order.currency)}
      </Cell>
      <Cell className="order-figure order-lines">{order.lineCount}</Cell>
      <Cell className="order-wanted">{order.requestedOn ?? ''}</Cell>
      <Cell className="order-received">
        <Moment at={order.receivedAt} />
      </Cell>
    </tr>
  )
}

const heads = [
  ['Order', ''],
  ['Stage', ''],
  ['Customer', ''],
  ['Their number', ''],
  ['Total', 'order-figure'],
  ['Lines', 'order-figure'],
  ['Wanted on', ''],
  ['Received', ''],
] as const

/** Orders under each other, each a link; cards on a phone. */
export function OrdersTable({
  orders,
  rows,
}: {
  readonly orders: readonly OrderSummary[]
  readonly rows: RefObject<HTMLTableElement | null>
}) {
  return (
    <table className="orders" aria-label="Orders" ref={rows}>
      <thead>
        <tr className="order-head">
          {heads.map(([name, className]) => (
            <th key={name} scope="col" className={className}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <Row key={order.orderId} order={order} />
        ))}
      </tbody>
    </table>
  )
}
