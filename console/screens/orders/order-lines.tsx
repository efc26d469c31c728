import { Box, Group, Table, Text, Title, UnstyledButton } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef } from 'react'
import type { Order } from '../../api/queries.ts'
import { moneyText, unitPriceText } from '../../shared/money.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { LineDetail } from './line-detail.tsx'
import { orderSearch } from './order-search.ts'

type Line = Order['lines'][number]

function quantities({
  orderedEach,
  cancelledEach,
  allocatedEach,
  shippedEach,
  invoicedEach,
}: Line): string {
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

function Price({ line, currency }: { readonly line: Line; readonly currency: string }) {
  const isOther = line.sentUnitPrice !== null && line.sentUnitPrice !== line.unitPrice
  return (
    <div>
      {line.unitPrice === null ? 'none' : unitPriceText(line.unitPrice, currency)}
      {isOther && line.sentUnitPrice !== null && (
        <Text size="xs" c="orange">
          buyer: {unitPriceText(line.sentUnitPrice, currency)}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {line.priceSource ?? ''}
      </Text>
    </div>
  )
}

function Promised({ line }: { readonly line: Line }) {
  return (
    <div>
      {line.promisedOn ?? 'no date'}
      {line.requestedOn !== null && line.requestedOn !== line.promisedOn && (
        <Text size="xs" c="dimmed">
          wanted {line.requestedOn}
        </Text>
      )}
    </div>
  )
}

const heads = ['Line', 'Quantity', 'Unit price', 'Amount', 'In each', 'Promised'] as const

function Row({
  line,
  order,
  isOpen,
  onToggle,
}: {
  readonly line: Line
  readonly order: Order
  readonly isOpen: boolean
  readonly onToggle: () => void
}) {
  const row = useRef<HTMLTableRowElement>(null)
  useEffect(() => {
    if (isOpen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isOpen])
  return (
    <>
      <Table.Tr ref={row} className={isOpen ? 'line-open row-chosen' : ''}>
        <Table.Td className="line-name">
          <UnstyledButton data-row aria-expanded={isOpen} onClick={onToggle} fz="sm">
            <b>
              {line.line} · {line.sku ?? 'item not known'}
            </b>
          </UnstyledButton>
          <Text size="xs" c="dimmed">
            {line.description ?? ''}
          </Text>
        </Table.Td>
        <Table.Td data-label="Quantity" ta="right">
          {line.quantity} {line.uom}
        </Table.Td>
        <Table.Td data-label="Unit price" ta="right">
          <Price line={line} currency={order.currency} />
        </Table.Td>
        <Table.Td data-label="Amount" ta="right" style={{ whiteSpace: 'nowrap' }}>
          {moneyText(line.lineAmountMinor, order.currency)}
        </Table.Td>
        <Table.Td data-label="In each">{quantities(line)}</Table.Td>
        <Table.Td data-label="Promised">
          <Promised line={line} />
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={heads.length} className="line-detail">
            <LineDetail orderId={order.orderId} number={line.line} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

/** Which line the address opens, and how another one is opened. */
function useOpenLine(): readonly [string | undefined, (line: string) => void] {
  const navigate = useNavigate()
  const { line } = orderSearch(useSearch({ strict: false }))
  const open = line === undefined ? undefined : String(line)
  const toggle = (number: string) =>
    void navigate({
      to: '.',
      search: open === number ? {} : orderSearch({ line: number }),
      replace: true,
      resetScroll: false,
    })
  return [open, toggle]
}

/** The lines with what was ordered, what has become of it and the price; each opens into why. */
export function OrderLines({ order }: { readonly order: Order }) {
  const [open, toggle] = useOpenLine()
  const list: RefObject<HTMLDivElement | null> = useRowKeys()
  return (
    <section>
      <Group justify="space-between" mb={4}>
        <Title order={2} size="h6">
          Lines ({order.lines.length})
        </Title>
        <Text size="xs" c="dimmed" visibleFrom="sm">
          j k move over the lines · Enter opens one and closes it
        </Text>
      </Group>
      <Box ref={list} tabIndex={-1} style={{ overflowX: 'auto' }}>
        <Table verticalSpacing={6} className="lines">
          <Table.Thead>
            <Table.Tr>
              {heads.map((head) => (
                <Table.Th
                  key={head}
                  ta={['Quantity', 'Unit price', 'Amount'].includes(head) ? 'right' : 'left'}
                >
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {order.lines.map((line) => (
              <Row
                key={line.line}
                line={line}
                order={order}
                isOpen={line.line === open}
                onToggle={() => toggle(line.line)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Box>
    </section>
  )
}
