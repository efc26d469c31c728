import { Table, Text, Title } from '@mantine/core'
import type { Order } from '../../api/queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { WideTable } from '../../shared/wide-table.tsx'

function quantities({
  orderedEach,
  cancelledEach,
  allocatedEach,
  shippedEach,
  invoicedEach,
}: Order['lines'][number]) {
  return [
    ['ordered', orderedEach],
    ['cancelled', cancelledEach],
    ['allocated', allocatedEach],
    ['shipped', shippedEach],
    ['invoiced', invoicedEach],
  ]
    .filter(([word, each]) => word === 'ordered' || each !== 0)
    .map(([word, each]) => `${each} ${word}`)
    .join(', ')
}

function Line({
  line,
  currency,
}: {
  readonly line: Order['lines'][number]
  readonly currency: string
}) {
  const isPriceOther = line.sentUnitPrice !== null && line.sentUnitPrice !== line.unitPrice
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>{line.line}</Table.Td>
      <Table.Td>
        <Text size="sm" fw={600}>
          {line.sku ?? 'item not known'}
        </Text>
        <Text size="xs" c="dimmed">
          {line.description ?? ''}
        </Text>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {line.quantity} {line.uom}
      </Table.Td>
      <Table.Td ta="right">
        {line.unitPrice ?? 'none'}
        {isPriceOther && (
          <Text size="xs" c="orange">
            buyer: {line.sentUnitPrice}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {line.priceSource ?? ''}
        </Text>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {moneyText(line.lineAmountMinor, currency)}
      </Table.Td>
      <Table.Td>{quantities(line)}</Table.Td>
      <Table.Td>
        {line.promisedOn ?? 'no date'}
        {line.requestedOn !== null && line.requestedOn !== line.promisedOn && (
          <Text size="xs" c="dimmed">
            wanted {line.requestedOn}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** The lines with what was ordered, what has become of it, the price and where it is from. */
export function OrderLines({ order }: { readonly order: Order }) {
  return (
    <section>
      <Title order={2} size="h6" mb={4}>
        Lines
      </Title>
      <WideTable minWidth={760}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Line</Table.Th>
            <Table.Th>Item</Table.Th>
            <Table.Th ta="right">Quantity</Table.Th>
            <Table.Th ta="right">Unit price</Table.Th>
            <Table.Th ta="right">Amount</Table.Th>
            <Table.Th>In each</Table.Th>
            <Table.Th>Promised</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {order.lines.map((line) => (
            <Line key={line.line} line={line} currency={order.currency} />
          ))}
        </Table.Tbody>
      </WideTable>
    </section>
  )
}
