import { Anchor, Badge, Button, Code, Group, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type CallRecord, callQuery } from '../../api/failures-queries.ts'
import { queryClient, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { SaidLine } from '../../shared/said-line.tsx'
import { Failed, Reading } from '../../shared/states.tsx'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { WideTable } from '../../shared/wide-table.tsx'
import { callStatusWords } from './failure-words.ts'

function Tries({ tries }: Pick<CallRecord, 'tries'>) {
  if (tries.length === 0)
    return (
      <Text size="sm" c="dimmed">
        It was not tried yet.
      </Text>
    )
  return (
    <WideTable minWidth={420} verticalSpacing={4} aria-label="Tries">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Try</Table.Th>
          <Table.Th>When</Table.Th>
          <Table.Th>Outcome</Table.Th>
          <Table.Th>What was said</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tries.map(({ attempt, startedAt, outcome, code, message }) => (
          <Table.Tr key={attempt}>
            <Table.Td>{attempt}</Table.Td>
            <Table.Td style={{ whiteSpace: 'nowrap' }}>
              <Moment at={startedAt} />
            </Table.Td>
            <Table.Td>{outcome}</Table.Td>
            <Table.Td>{[code, message].filter((word) => word !== null).join(': ')}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

// What another system answers is often JSON on one line.
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function Payload({ title, text }: { readonly title: string; readonly text: string | null }) {
  if (text === null || text === '') return null
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {title}
      </Text>
      <Code block className="words" mah={320} style={{ overflow: 'auto' }} tabIndex={0}>
        {laidOut(text)}
      </Code>
    </div>
  )
}

const droppable: ReadonlySet<string> = new Set(['waiting', 'in-doubt', 'failed'])

function DropForm({ transactionId }: Pick<CallRecord, 'transactionId'>) {
  const [reason, setReason] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      api.post('/v1/transactions/{id}/drop', { params: { id: transactionId }, body: { reason } }),
    onSettled: () => queryClient.invalidateQueries(),
  })
  return (
    <SaidLine label="Not wanted any more? Why" value={reason} onChange={setReason} error={error}>
      <Button
        size="xs"
        variant="default"
        disabled={reason.trim() === ''}
        loading={isPending}
        onClick={() => mutate()}
      >
        Drop the call
      </Button>
    </SaidLine>
  )
}

function Links({ call }: { readonly call: CallRecord }) {
  const { orderId, documentId, idempotencyKey, externalId } = call
  return (
    <Group gap="md">
      {orderId !== null && (
        <Anchor component={Link} to={`/orders/${encodeURIComponent(orderId)}`} size="sm">
          Its order
        </Anchor>
      )}
      {documentId !== null && (
        <Anchor href={`/v1/documents/${documentId}/raw`} target="_blank" size="sm">
          The document as it was
        </Anchor>
      )}
      {idempotencyKey !== null && (
        <Text size="xs" c="dimmed" className="words">
          key {idempotencyKey}
        </Text>
      )}
      {externalId !== null && (
        <Text size="xs" c="dimmed" className="words">
          their number {externalId}
        </Text>
      )}
    </Group>
  )
}

function Whole({ call }: { readonly call: CallRecord }) {
  const { data: session } = useQuery(sessionQuery)
  const { transactionId, status, tries, document, rendered, response } = call
  const mayDrop = session?.scopes.includes('transactions:write') ?? false
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Badge size="sm" variant="light" color={status === 'failed' ? 'red' : 'gray'}>
          {callStatusWords(status)}
        </Badge>
        <Links call={call} />
      </Group>
      <Tries tries={tries} />
      <Payload title="What it carries" text={document === null ? null : JSON.stringify(document)} />
      <Payload title="The exact text that goes out" text={rendered} />
      <Payload title="What came back" text={response} />
      {status === 'failed' && <SubjectActions subject={`transaction:${transactionId}`} />}
      {mayDrop && droppable.has(status) && <DropForm transactionId={transactionId} />}
    </Stack>
  )
}

/** One call with every try, what was sent and what came back, and what can be done about it. */
export function CallRecordPanel({ transactionId }: { readonly transactionId: string }) {
  const { data, error, refetch } = useQuery(callQuery(transactionId))
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading rows={3} />
  return <Whole call={data} />
}
