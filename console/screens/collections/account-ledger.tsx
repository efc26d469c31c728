import { Badge, Group, Stack, Table, Text, Title } from '@mantine/core'
import type { Account } from '../../api/collections-queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Figures } from '../../shared/figures.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { WideTable } from '../../shared/wide-table.tsx'
import { AgeingBar } from './ageing-bar.tsx'
import { caseText, dueText } from './collections-words.ts'

type LedgerView = Account['ledgers'][number]

function figuresOf({ ageing, case: theCase, currency }: LedgerView) {
  const { oldestDays, level, net, priorityMinor } = theCase
  return [
    ['Open', moneyText(ageing.openMinor, currency)],
    ['Overdue', moneyText(ageing.overdueMinor, currency)],
    ['Net collectable', moneyText(net.netMinor, currency)],
    ['Oldest to be asked for', oldestDays === null ? 'none' : `${oldestDays} days`],
    ['Level of the ladder', level === null ? 'none' : String(level)],
    ['A contact is worth', moneyText(priorityMinor, currency)],
  ] as const
}

function overdueText(days: number): string {
  if (days > 0) return `${days} days past due`
  return days === 0 ? 'due today' : `due in ${-days} days`
}

type LedgerRow = LedgerView['rows'][number]

const onDesk = { visibleFrom: 'sm' } as const

// On a phone what is open and what is asked for; the rest stands in the bar and under disputes and promises.
const columns = [
  ['Amount', ({ amountMinor }: LedgerRow) => amountMinor, onDesk],
  ['Open', ({ openMinor }: LedgerRow) => openMinor, {}],
  ['Disputed', ({ disputedMinor }: LedgerRow) => disputedMinor, onDesk],
  ['Promised', ({ promisedMinor }: LedgerRow) => promisedMinor, onDesk],
  ['To be asked for', ({ claimMinor }: LedgerRow) => claimMinor, {}],
] as const

function Row({ row, currency }: { readonly row: LedgerRow; readonly currency: string }) {
  const { invoiceNumber, instalment, invoicedOn, dueOn, daysPastDue } = row
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Text size="sm" fw={600}>
          {invoiceNumber}
          {instalment > 1 ? `, part ${instalment}` : ''}
        </Text>
        <Text size="xs" c="dimmed">
          of {invoicedOn}
        </Text>
        <Text size="xs" c={daysPastDue > 0 ? 'orange' : 'dimmed'} hiddenFrom="sm">
          {overdueText(daysPastDue)}
        </Text>
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }} visibleFrom="sm">
        {dueOn}
        <Text size="xs" c={daysPastDue > 0 ? 'orange' : 'dimmed'}>
          {overdueText(daysPastDue)}
        </Text>
      </Table.Td>
      {columns.map(([head, minorOf, from]) => (
        <Table.Td key={head} ta="right" style={{ whiteSpace: 'nowrap' }} {...from}>
          {minorOf(row) === 0 && from === onDesk ? '' : moneyText(minorOf(row), currency)}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}

function Items({ ledger }: { readonly ledger: LedgerView }) {
  return (
    <WideTable minWidth={320} aria-label="Open items">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Invoice</Table.Th>
          <Table.Th visibleFrom="sm">Due</Table.Th>
          {columns.map(([head, , from]) => (
            <Table.Th key={head} ta="right" {...from}>
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {ledger.rows.map((row) => (
          <Row
            key={`${row.invoiceNumber} ${row.instalment}`}
            row={row}
            currency={ledger.currency}
          />
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

/** What a customer owes in one currency: its age, what the rules would do about it and why, and every open item. */
export function Ledger({ ledger }: { readonly ledger: LedgerView }) {
  const { currency, ageing, case: theCase, rows } = ledger
  const due = dueText(theCase)
  return (
    <Stack gap="sm" component="section" aria-label={`Ledger in ${currency}`}>
      <Group gap="xs">
        <Title order={2} size="h6">
          Ledger in {currency}
        </Title>
        <Badge variant="light" color={theCase.kind === 'wait' ? 'gray' : 'teal'}>
          {caseText(theCase.kind)}
          {due !== undefined && due !== caseText(theCase.kind) ? `, then: ${due}` : ''}
        </Badge>
        {theCase.notBefore !== undefined && (
          <Text size="xs" c="dimmed">
            not before <Moment at={theCase.notBefore} />
          </Text>
        )}
      </Group>
      <Figures figures={figuresOf(ledger)} />
      <AgeingBar ageing={ageing} currency={currency} />
      <Title order={3} size="h6">
        Why
      </Title>
      <EvidenceList evidence={theCase.evidence} />
      <Title order={3} size="h6">
        Open items ({rows.length})
      </Title>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing is open in this currency.
        </Text>
      ) : (
        <Items ledger={ledger} />
      )}
    </Stack>
  )
}
