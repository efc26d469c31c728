import { Anchor, Badge, Code, Group, Stack, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Order } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { RecordLink } from '../../shared/record-link.tsx'
import { Nothing } from '../../shared/states.tsx'
import { WideTable } from '../../shared/wide-table.tsx'

type Shown = { readonly order: Order }

function Rows({
  heads,
  rows,
  nothing,
}: {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly [key: string, cells: readonly ReactNode[]])[]
  readonly nothing: string
}) {
  if (rows.length === 0) return <Nothing title={nothing} />
  return (
    <WideTable minWidth={560}>
      <Table.Thead>
        <Table.Tr>
          {heads.map((head) => (
            <Table.Th key={head}>{head}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([key, cells]) => (
          <Table.Tr key={key} style={{ verticalAlign: 'top' }}>
            {cells.map((cell, place) => (
              <Table.Td key={heads[place]}>{cell}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

const words = (text: string): string => text.replaceAll(/[-_.]/g, ' ')

/** The documents in and out, each with its exact bytes. */
export function Documents({ order }: Shown) {
  return (
    <Rows
      heads={['Document', 'Number', 'Status', 'When', 'As it was']}
      nothing="No documents yet"
      rows={order.documents.map(
        ({ documentId, direction, docType, number, status, reason, createdAt }) => [
          documentId,
          [
            `${direction === 'in' ? 'Received' : 'Sent'}: ${words(docType)}`,
            number,
            <>
              {words(status)}
              {reason !== null && (
                <Text size="xs" c="dimmed">
                  {reason}
                </Text>
              )}
            </>,
            <Moment key="at" at={createdAt} />,
            <Group key="raw" gap="sm" wrap="nowrap">
              <Anchor component={Link} to={`/documents/${documentId}`} size="sm">
                Look
              </Anchor>
              <Anchor size="sm" href={`/v1/documents/${documentId}/raw`} target="_blank">
                Download
              </Anchor>
            </Group>,
          ],
        ],
      )}
    />
  )
}

/** What was picked and what left the house. */
export function Goods({ order }: Shown) {
  return (
    <Rows
      heads={['Shipment', 'Lines', 'Carrier', 'Left', 'Delivered']}
      nothing="Nothing has left yet"
      rows={order.shipments.map(
        ({
          shipmentId,
          shipmentNumber,
          lines,
          carrier,
          trackingNumber,
          shippedAt,
          deliveredAt,
        }) => [
          shipmentId,
          [
            shipmentNumber,
            lines.map(({ line, quantityEach }) => `line ${line}: ${quantityEach}`).join(', '),
            <>
              {carrier ?? 'not named'}
              {trackingNumber !== null && (
                <Text size="xs" c="dimmed">
                  tracking {trackingNumber}
                </Text>
              )}
            </>,
            <Moment key="left" at={shippedAt} />,
            deliveredAt === null ? 'not yet' : <Moment key="delivered" at={deliveredAt} />,
          ],
        ],
      )}
    />
  )
}

function Invoices({ order }: Shown) {
  return (
    <Rows
      heads={['Invoice', 'Of', 'Due', 'Total', 'Open']}
      nothing="Nothing is billed yet"
      rows={order.invoices.map(
        ({ invoiceId, invoiceNumber, invoicedOn, dueOn, totalMinor, openMinor, currency }) => [
          invoiceId,
          [
            invoiceNumber,
            invoicedOn,
            dueOn,
            moneyText(totalMinor, currency),
            moneyText(openMinor, currency),
          ],
        ],
      )}
    />
  )
}

type Payment = Order['payments'][number]

/** What of a payment went to the invoices of this order; it may have paid others too. */
function Applied({ payment, order }: { readonly payment: Payment; readonly order: Order }) {
  const own = new Set(order.invoices.map(({ invoiceId }) => invoiceId))
  const mine = payment.applications.filter(({ invoiceId }) => own.has(invoiceId))
  const others = payment.applications.length - mine.length
  return (
    <>
      {mine.map(({ invoiceId, invoiceNumber, appliedMinor, reason }) => (
        <Text size="sm" key={invoiceId}>
          {moneyText(appliedMinor, payment.currency)} to {invoiceNumber}
          <Text size="xs" c="dimmed" span>
            {' '}
            {reason}
          </Text>
        </Text>
      ))}
      {others > 0 && (
        <Text size="xs" c="dimmed">
          and to {others} {others === 1 ? 'other' : 'others'}
        </Text>
      )}
    </>
  )
}

function Payments({ order }: Shown) {
  return (
    <Rows
      heads={['Payment', 'Booked', 'Amount', 'For this order', 'Not applied']}
      nothing="No payment yet"
      rows={order.payments.map((payment) => [
        payment.paymentId,
        [
          <>
            {payment.paymentNumber}
            {payment.isReversal && (
              <Badge size="xs" color="orange" variant="light">
                taken back
              </Badge>
            )}
          </>,
          payment.bookedOn,
          moneyText(payment.amountMinor, payment.currency),
          <Applied key="applied" payment={payment} order={order} />,
          moneyText(payment.unappliedMinor, payment.currency),
        ],
      ])}
    />
  )
}

/** What was billed, what of it is open, and the payments that settled it. */
export function Money({ order }: Shown) {
  return (
    <Stack gap="md">
      <Invoices order={order} />
      {order.payments.length > 0 && (
        <section>
          <Title order={3} size="h6" mb={4}>
            Payments
          </Title>
          <Payments order={order} />
        </section>
      )}
    </Stack>
  )
}

/** The calls to other systems made for the order, with what they answered. */
export function Transactions({ order }: Shown) {
  return (
    <Rows
      heads={['Call', 'Status', 'Tries', 'Answer', 'When']}
      nothing="No calls yet"
      rows={order.transactions.map(
        ({
          transactionId,
          operation,
          connectionId,
          status,
          attempts,
          errorClass,
          errorMessage,
          externalId,
          clusterId,
          createdAt,
        }) => [
          transactionId,
          [
            <Stack key="call" gap={0}>
              <Text size="sm">{words(operation)}</Text>
              <Text size="xs" c="dimmed">
                {connectionId}
              </Text>
            </Stack>,
            words(status),
            String(attempts),
            errorMessage === null ? (
              (externalId ?? '')
            ) : (
              <Group key="error" gap={4}>
                {errorClass !== null && (
                  <Badge size="xs" color="red" variant="light">
                    {errorClass}
                  </Badge>
                )}
                <Code>{errorMessage}</Code>
                {clusterId !== null && (
                  <RecordLink record={`cluster:${clusterId}`} label="its cause" />
                )}
              </Group>
            ),
            <Moment key="at" at={createdAt} />,
          ],
        ],
      )}
    />
  )
}
