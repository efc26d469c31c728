import { Anchor, Progress, Stack, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type AgeingLine, ageingQuery } from '../../api/collections-queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { WideTable } from '../../shared/wide-table.tsx'

function Row({ line }: { readonly line: AgeingLine }) {
  const { customerNumber, name, currency, ageing } = line
  const { openMinor, overdueMinor, disputedMinor } = ageing
  const share = openMinor <= 0 ? 0 : Math.min(100, (overdueMinor / openMinor) * 100)
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          component={Link}
          to={`/collections/${encodeURIComponent(customerNumber)}`}
          size="sm"
          fw={600}
          data-row
        >
          {name}
        </Anchor>
        <Text size="xs" c="dimmed">
          {customerNumber}
        </Text>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {moneyText(overdueMinor, currency)}
        <Progress value={share} size="xs" color="orange" aria-hidden mt={2} />
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {moneyText(openMinor, currency)}
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {disputedMinor === 0 ? '' : moneyText(disputedMinor, currency)}
      </Table.Td>
    </Table.Tr>
  )
}

/** Everybody who owes, the most overdue first. */
export function Debtors({ q = '' }: { readonly q?: string }) {
  const list = useRowKeys()
  const query = useInfiniteQuery(ageingQuery(q))
  const { data, error, refetch, hasNextPage } = query
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading />
  const lines = data.pages.flatMap(({ items }) => items)
  return (
    <Stack gap="sm" ref={list}>
      {lines.length === 0 && !hasNextPage && (
        <Nothing title="Nobody owes anything">
          {q === '' ? 'Open invoices appear here by customer.' : 'None is called like this.'}
        </Nothing>
      )}
      {lines.length > 0 && (
        <WideTable minWidth={480} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Customer</Table.Th>
              <Table.Th ta="right">Overdue</Table.Th>
              <Table.Th ta="right">Open</Table.Th>
              <Table.Th ta="right">Disputed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line) => (
              <Row key={`${line.customerNumber} ${line.currency}`} line={line} />
            ))}
          </Table.Tbody>
        </WideTable>
      )}
      <ShowMore query={query} />
    </Stack>
  )
}
