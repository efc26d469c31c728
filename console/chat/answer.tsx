import { Alert, Badge, Button, Card, Group, Loader, Stack, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ChatEvent } from '../api/chat-queries.ts'
import { Moment } from '../shared/moment.tsx'
import { moneyText } from '../shared/money.tsx'
import { RecordLink } from '../shared/record-link.tsx'
import { WideTable } from '../shared/wide-table.tsx'
import { actWords, statusWords } from '../shared/words.ts'
import type { Said } from './use-conversation.ts'

type Part<Type extends ChatEvent['type']> = Extract<ChatEvent, { type: Type }>

const partsOf = <Type extends ChatEvent['type']>(
  events: readonly ChatEvent[],
  type: Type,
): Part<Type>[] => events.filter((event): event is Part<Type> => event.type === type)

function EvidenceTable({ table }: { readonly table: Part<'evidence'>['table'] }) {
  return (
    <details>
      <summary>
        <Text size="xs" span>
          {table.title} ({table.rows.length}) · as of <Moment at={table.asOf} />
        </Text>
      </summary>
      <WideTable minWidth={360} fz="xs" verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row) => (
            <Table.Tr key={row.join(' ')}>
              {row.map((cell, place) => (
                <Table.Td key={table.columns[place]}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </details>
  )
}

function ProposalCard({ card }: { readonly card: Part<'proposal'>['card'] }) {
  const { proposalId, title, kind, status, money, expiresAt } = card
  return (
    <Card withBorder padding="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Badge size="xs" variant="light">
            {actWords[kind]}
          </Badge>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Text size="xs" c="dimmed">
            {statusWords[status]}
            {money === null ? '' : ` · ${moneyText(money.amountMinor, money.currency)}`} · expires{' '}
            <Moment at={expiresAt} isRelative />
          </Text>
        </div>
        <Button size="xs" component={Link} to={`/proposals/${proposalId}`} variant="default">
          Open
        </Button>
      </Group>
    </Card>
  )
}

function Sources({ events }: { readonly events: readonly ChatEvent[] }) {
  const citations = partsOf(events, 'citation')
  if (citations.length === 0) return null
  return (
    <Group gap={8}>
      <Text size="xs" c="dimmed">
        From
      </Text>
      {citations.map(({ citation }) => (
        <RecordLink key={citation.record} record={citation.record} label={citation.label} />
      ))}
    </Group>
  )
}

const endings = {
  stopped: 'Stopped before its end.',
  failed: 'It ended with an error.',
} as const

/** An answer: its words, then what they rest on, then what could be done, then what to ask next. */
export function AnswerView({
  said,
  mayAsk,
  onAsk,
}: {
  readonly said: Said
  /** Whether the next thing may be asked now. */
  readonly mayAsk: boolean
  readonly onAsk: (question: string) => void
}) {
  const { text, events, status } = said
  const [mode] = partsOf(events, 'mode')
  const questions = partsOf(events, 'suggestions').flatMap((part) => part.questions)
  return (
    <Stack gap={6} component="article" aria-label="Answer" aria-busy={status === 'answering'}>
      {mode?.mode === 'rules' && (
        <Text size="xs" c="dimmed">
          {mode.note}
        </Text>
      )}
      <Text size="sm" className="words">
        {text}
        {status === 'answering' && <Loader size={12} ml={6} type="dots" />}
      </Text>
      {(status === 'stopped' || status === 'failed') && (
        <Alert color={status === 'failed' ? 'red' : 'gray'} p="xs">
          <Text size="xs">{endings[status]}</Text>
        </Alert>
      )}
      {partsOf(events, 'evidence').map(({ table }) => (
        <EvidenceTable key={`${table.tool} ${table.title}`} table={table} />
      ))}
      <Sources events={events} />
      {partsOf(events, 'proposal').map(({ card }) => (
        <ProposalCard key={card.proposalId} card={card} />
      ))}
      {questions.length > 0 && (
        <Group gap={6}>
          {questions.map((question) => (
            <Button
              key={question}
              size="compact-xs"
              variant="default"
              fw={400}
              disabled={!mayAsk}
              onClick={() => onAsk(question)}
            >
              {question}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  )
}
