import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { Cluster } from '../../api/failures-queries.ts'
import { queryClient, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { SaidLine } from '../../shared/said-line.tsx'
import { stateWords } from './failure-words.ts'

type State = Exclude<Cluster['state'], 'replaying'>

const nextOf: Readonly<Record<Cluster['state'], readonly State[]>> = {
  open: ['diagnosed', 'fix-proposed', 'fixed'],
  diagnosed: ['fix-proposed', 'fixed'],
  'fix-proposed': ['diagnosed', 'fixed'],
  fixed: ['open'],
  replaying: [],
  closed: ['open'],
}

const moveWords: Readonly<Record<State, string>> = {
  ...stateWords,
  open: 'Open again',
  fixed: 'It is fixed',
}

function MoveForm({ cluster }: { readonly cluster: Cluster }) {
  const [note, setNote] = useState('')
  const { mutate, isPending, variables, error } = useMutation({
    mutationFn: (to: State) =>
      api.post('/v1/transactions/clusters/{id}/state', {
        params: { id: cluster.clusterId },
        body: { to, ...(note.trim() === '' ? {} : { note }) },
      }),
    onSuccess: () => setNote(''),
    onSettled: () => queryClient.invalidateQueries(),
  })
  const choices = nextOf[cluster.state]
  if (choices.length === 0) return null
  return (
    <SaidLine label="What was found or done" value={note} onChange={setNote} error={error}>
      {choices.map((to) => (
        <Button
          key={to}
          size="xs"
          variant={to === 'fixed' ? 'filled' : 'default'}
          loading={isPending && variables === to}
          onClick={() => mutate(to)}
        >
          {moveWords[to]}
        </Button>
      ))}
    </SaidLine>
  )
}

/** Where people are with a cause, and the next word about it. */
export function ClusterState({ cluster }: { readonly cluster: Cluster }) {
  const { data: session } = useQuery(sessionQuery)
  const { state, stateSince, note, recurrences } = cluster
  return (
    <Paper withBorder p="sm">
      <Title order={2} size="h6" mb="xs">
        Where it stands
      </Title>
      <Stack gap="xs">
        <Group gap="xs">
          <Badge variant="light">{stateWords[state]}</Badge>
          {stateSince !== null && (
            <Text size="xs" c="dimmed">
              since <Moment at={stateSince} />
            </Text>
          )}
          {recurrences > 0 && (
            <Text size="xs" c="orange">
              came again {recurrences === 1 ? 'once' : `${recurrences} times`}
            </Text>
          )}
        </Group>
        {note !== null && <Text size="sm">{note}</Text>}
        {session?.scopes.includes('transactions:write') === true && <MoveForm cluster={cluster} />}
      </Stack>
    </Paper>
  )
}
