import { Alert, Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type Order, orderQuery } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { RecordTabs } from '../../shared/record-tabs.tsx'
import { Failed, Reading } from '../../shared/states.tsx'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { OrderLines } from './order-lines.tsx'
import { Documents, Goods, Money, Timeline, Transactions } from './order-records.tsx'
import { Stage } from './orders-table.tsx'

function Header({ order }: { readonly order: Order }) {
  const { orderNumber, purchaseOrderNumber, customerName, customerNumber, requestedOn } = order
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
          {customerName ?? customerNumber ?? 'customer not known yet'} · their number{' '}
          {purchaseOrderNumber} · received <Moment at={order.receivedAt} />
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

function Stops({ order }: { readonly order: Order }) {
  const inForce = order.holds.filter(({ releasedAt }) => releasedAt === null)
  if (inForce.length === 0) return null
  return (
    <Alert
      color="orange"
      title={inForce.length === 1 ? 'One hold is in force' : `${inForce.length} holds are in force`}
    >
      <Stack gap={4}>
        {inForce.map(({ holdId, type, reason, blocks, placedAt, placedBy }) => (
          <Text size="sm" key={holdId}>
            <b>{type.replaceAll('_', ' ').toLowerCase()}</b>: {reason} It stops {blocks.join(', ')},
            placed by {placedBy} <Moment at={placedAt} isRelative />.
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}

function Findings({ order }: { readonly order: Order }) {
  if (order.findings.length === 0) return null
  return (
    <Paper withBorder p="sm">
      <Title order={2} size="h6" mb="xs">
        What the checks found
      </Title>
      <Stack gap="sm">
        {order.findings.map(({ kind, line, message, evidence, deltaMinor }) => (
          <div key={`${kind} ${line ?? ''} ${message}`}>
            <Text size="sm" fw={600}>
              {message}
              {deltaMinor === undefined ? '' : ` (${moneyText(deltaMinor, order.currency)})`}
            </Text>
            {evidence !== undefined && evidence.length > 0 && <EvidenceList evidence={evidence} />}
          </div>
        ))}
      </Stack>
    </Paper>
  )
}

function Whole({ order }: { readonly order: Order }) {
  const tabs = [
    ['timeline', 'Timeline', <Timeline key="timeline" order={order} />],
    [
      'documents',
      `Documents (${order.documents.length})`,
      <Documents key="documents" order={order} />,
    ],
    ['goods', `Goods (${order.shipments.length})`, <Goods key="goods" order={order} />],
    ['money', `Money (${order.invoices.length})`, <Money key="money" order={order} />],
    ['calls', `Calls (${order.transactions.length})`, <Transactions key="calls" order={order} />],
  ] as const
  return (
    <Stack gap="md">
      <Header order={order} />
      <Stops order={order} />
      <SubjectActions subject={`order:${order.orderId}`} />
      <Findings order={order} />
      <OrderLines order={order} />
      <RecordTabs tabs={tabs} />
    </Stack>
  )
}

/** Everything about one order: what stops it and why, what can be done, its lines, and all that went in and out. */
export function OrderPage() {
  const orderId = useParams({ strict: false }).orderId ?? ''
  const { data, error, refetch } = useQuery(orderQuery(orderId))
  if (error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading rows={10} />
  return <Whole order={data} />
}
