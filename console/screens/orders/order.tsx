import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { standingQuery, waitingAboutQuery } from '../../api/order-queries.ts'
import { type Order, orderQuery, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Read } from '../../shared/read.tsx'
import { RecordTabs } from '../../shared/record-tabs.tsx'
import { Reading } from '../../shared/states.tsx'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { OrderLines } from './order-lines.tsx'
import { Documents, Goods, Money, Transactions } from './order-records.tsx'
import { OrderWhy } from './order-standing.tsx'
import { OrderStory } from './order-story.tsx'
import { Stage } from './orders-table.tsx'

/** The customer, with the way to their account for whoever may see it. */
function CustomerName({ order: { customerName, customerNumber } }: { readonly order: Order }) {
  const { data: session } = useQuery(sessionQuery)
  if (customerNumber === null) return 'customer not known yet'
  if (session?.scopes.includes('collections:read') !== true) return customerName ?? customerNumber
  return (
    <Anchor
      component={Link}
      to={`/collections/${encodeURIComponent(customerNumber)}`}
      underline="always"
    >
      {customerName ?? customerNumber}
    </Anchor>
  )
}

function Header({ order }: { readonly order: Order }) {
  const { orderNumber, purchaseOrderNumber, requestedOn } = order
  return (
    <Group justify="space-between" align="flex-start">
      <div>
        <Anchor component={Link} to="/orders" size="xs">
          All orders
        </Anchor>
        <Group gap="sm">
          <Title order={1} size="h3">
            {orderNumber}
          </Title>
          <Stage order={order} />
        </Group>
        <Text size="sm" c="dimmed">
          <CustomerName order={order} /> · their number {purchaseOrderNumber} · received{' '}
          <Moment at={order.receivedAt} />
          {requestedOn === null ? '' : ` · wanted on ${requestedOn}`}
        </Text>
      </div>
      <div>
        <Text fw={700} size="lg" ta="right" className="figures">
          {moneyText(order.totalMinor, order.currency)}
        </Text>
        {order.statedTotalMinor !== null && order.statedTotalMinor !== order.totalMinor && (
          <Text size="sm" c="orange" ta="right">
            The buyer wrote {moneyText(order.statedTotalMinor, order.currency)}
          </Text>
        )}
      </div>
    </Group>
  )
}

/** What is proposed about the order and waits for a person, each with its place in the inbox. */
function Waiting({ orderId }: { readonly orderId: string }) {
  const { data: session } = useQuery(sessionQuery)
  const mayRead = session?.scopes.includes('proposals:read') === true
  const { data } = useQuery({ ...waitingAboutQuery(orderId), enabled: mayRead })
  if (data === undefined || data.items.length === 0) return null
  return (
    <Alert color="teal" title="Waits for a decision">
      <Stack gap={4}>
        {data.items.map(({ proposalId, title, requestedBy, createdAt }) => (
          <Text size="sm" key={proposalId}>
            <Anchor component={Link} to={`/proposals/${proposalId}`} size="sm" underline="always">
              {title}
            </Anchor>
            , asked for by {requestedBy.name} <Moment at={createdAt} isRelative />
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}

function Whole({ order }: { readonly order: Order }) {
  const { isPending } = useQuery(standingQuery(order.orderId))
  const tabs = [
    ['timeline', 'Timeline', <OrderStory key="timeline" orderId={order.orderId} />],
    [
      'documents',
      `Documents (${order.documents.length})`,
      <Documents key="documents" order={order} />,
    ],
    ['goods', `Goods (${order.shipments.length})`, <Goods key="goods" order={order} />],
    [
      'money',
      `Money (${order.invoices.length + order.payments.length})`,
      <Money key="money" order={order} />,
    ],
    ['calls', `Calls (${order.transactions.length})`, <Transactions key="calls" order={order} />],
  ] as const
  // Why it stands where it stands comes first on the page: what is below would jump when it comes.
  if (isPending) return <Reading rows={10} />
  return (
    <Stack gap="md">
      <Header order={order} />
      <OrderWhy order={order} />
      <Waiting orderId={order.orderId} />
      <SubjectActions subject={`order:${order.orderId}`} />
      <OrderLines order={order} />
      <RecordTabs tabs={tabs} />
    </Stack>
  )
}

/** Everything about one order: what stops it and why, what can be done, its lines, and all that went in and out. */
export function OrderPage() {
  const orderId = useParams({ strict: false }).orderId ?? ''
  return (
    <Read query={useQuery(orderQuery(orderId))} rows={10}>
      {(order) => <Whole order={order} />}
    </Read>
  )
}
