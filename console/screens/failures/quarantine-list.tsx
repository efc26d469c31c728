import { Anchor, Badge, Button, Group, List, Paper, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type Quarantined, quarantineQuery } from '../../api/failures-queries.ts'
import { queryClient, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { SaidLine } from '../../shared/said-line.tsx'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'

function whatToDo({ kind, documentId }: Quarantined): string {
  if (kind === 'needs-person')
    return 'A partner said something about a document of ours that a person must look at. Note that it was looked at, or leave it out.'
  if (documentId !== null)
    return 'Once what it misses is there, release it: the document goes to its order again. Or leave it out for good.'
  return 'Once it can be read (a setting was wrong, a format is known now), release it: it is read again. If the sender must send it anew, leave this one out.'
}

function Decide({ quarantineId }: Pick<Quarantined, 'quarantineId'>) {
  const [reason, setReason] = useState('')
  const { mutate, isPending, variables, error } = useMutation({
    mutationFn: (act: 'release' | 'discard') => {
      const said = { params: { id: quarantineId }, body: { reason } }
      return act === 'release'
        ? api.post('/v1/quarantine/{id}/release', said)
        : api.post('/v1/quarantine/{id}/discard', said)
    },
    onSettled: () => queryClient.invalidateQueries(),
  })
  const isEmpty = reason.trim() === ''
  return (
    <SaidLine label="Why" value={reason} onChange={setReason} error={error}>
      <Button
        size="xs"
        disabled={isEmpty}
        loading={isPending && variables === 'release'}
        onClick={() => mutate('release')}
      >
        Release
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={isEmpty}
        loading={isPending && variables === 'discard'}
        onClick={() => mutate('discard')}
      >
        Leave out
      </Button>
    </SaidLine>
  )
}

function Entry({ entry, mayDecide }: { readonly entry: Quarantined; readonly mayDecide: boolean }) {
  const { quarantineId, kind, reason, connectionId, findings, createdAt } = entry
  const documentId = entry.documentId ?? entry.receiptId
  const more = findings.filter(({ message }) => message !== reason)
  return (
    <Paper withBorder p="sm" component="article" aria-label={reason}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Badge size="sm" color="orange" variant="light">
              {kind.replaceAll('-', ' ')}
            </Badge>
            <Text size="xs" c="dimmed">
              {connectionId ?? 'no connection'} · <Moment at={createdAt} />
            </Text>
          </Group>
          {documentId !== null && (
            <Anchor component={Link} to={`/documents/${documentId}`} size="sm">
              Look at the document
            </Anchor>
          )}
        </Group>
        <Text size="sm" fw={600} className="words">
          {reason}
        </Text>
        {more.length > 0 && (
          <List size="sm">
            {more.map(({ message }) => (
              <List.Item key={message}>{message}</List.Item>
            ))}
          </List>
        )}
        <Text size="sm" c="dimmed">
          {whatToDo(entry)}
        </Text>
        {mayDecide && <Decide quarantineId={quarantineId} />}
      </Stack>
    </Paper>
  )
}

/** What arrived and could not be read or applied: why, and the decision about each. */
export function QuarantineList() {
  const { data: session } = useQuery(sessionQuery)
  const query = useInfiniteQuery(quarantineQuery)
  const { data, error, refetch } = query
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading />
  const entries = data.pages.flatMap(({ items }) => items)
  const mayDecide = session?.scopes.includes('quarantine:write') ?? false
  if (entries.length === 0)
    return (
      <Nothing title="Nothing is set aside">
        What arrives and cannot be read or applied waits here for a decision.
      </Nothing>
    )
  return (
    <Stack gap="sm">
      {entries.map((entry) => (
        <Entry key={entry.quarantineId} entry={entry} mayDecide={mayDecide} />
      ))}
      <ShowMore query={query} />
    </Stack>
  )
}
