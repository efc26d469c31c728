import { Anchor, Badge, Code, Group, Timeline as Line, Stack, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Order } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Nothing } from '../../shared/states.tsx'
import { WideTable } from '../../shared/wide-table.tsx'

type Shown = { readonly order: Order }

/** What happened to the order, the newest first. */
export function Timeline({ order }: Shown) {
  return (
    <Line bulletSize={10} lineWidth={2} active={order.timeline.length}>
      {order.timeline.toReversed().map(({ eventId, summary, actor, at, kind }) => (
        <Line.Item key={eventId} title={<Text size="sm">{summary}</Text>}>
          <Text size="xs" c="dimmed">
            <Moment at={at} /> · {actor} · {kind}
          </Text>
        </Line.Item>
      ))}
    </Line>
  )
}

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
            [carrier, trackingNumber].filter((word) => word !== null).join(' '),
            <Moment key="left" at={shippedAt} />,
            deliveredAt === null ? 'not yet' : <Moment key="delivered" at={deliveredAt} />,
          ],
        ],
      )}
    />
  )
}

/** What was billed, and what of it is open. */
export function Money({ order }: Shown) {
  return (
    <Rows
      heads={['Invoice', 'Due', 'Total', 'Open']}
      nothing="Nothing is billed yet"
      rows={order.invoices.map(
        ({ invoiceId, invoiceNumber, dueOn, totalMinor, openMinor, currency }) => [
          invoiceId,
          [invoiceNumber, dueOn, moneyText(totalMinor, currency), moneyText(openMinor, currency)],
        ],
      )}
    />
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
              </Group>
            ),
            <Moment key="at" at={createdAt} />,
          ],
        ],
      )}
    />
  )
}
