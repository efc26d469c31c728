import { Alert, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, api } from '../../api/client.ts'
import { type Proposal, queryClient } from '../../api/queries.ts'
import { RecordLink } from '../../shared/record-link.tsx'
import { SaidLine } from '../../shared/said-line.tsx'
import { actWords, statusWords } from '../../shared/words.ts'

type Result = Answer<'post', '/v1/proposals/decisions'>['items'][number]

/** So many are decided together at most. */
const most = 100

function useBulk(marked: readonly Proposal[], onDone: (results: readonly Result[]) => void) {
  return useMutation({
    mutationFn: (decision: { decision: 'approve' } | { decision: 'reject'; reason: string }) =>
      api.post('/v1/proposals/decisions', {
        body: {
          ...decision,
          // Each as it was when it was marked: what changed since is not decided.
          items: marked.map(({ proposalId, version, effectHash }) => ({
            ...{ proposalId, version, effectHash },
          })),
        },
      }),
    onSuccess: ({ items }) => onDone(items),
    onSettled: () => queryClient.invalidateQueries(),
  })
}

/** What became of each that was decided together. */
function Results({
  results,
  titles,
  onClose,
}: {
  readonly results: readonly Result[]
  readonly titles: ReadonlyMap<string, string>
  readonly onClose: () => void
}) {
  const refused = results.filter(({ problem }) => problem !== undefined).length
  return (
    <Paper withBorder p="xs" component="section" aria-label="What became of each" role="status">
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          {results.length - refused} decided, {refused} not
        </Text>
        <Button size="xs" variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
      <Stack gap={4}>
        {results.map(({ proposalId, proposal, message }) => (
          <Group key={proposalId} gap="xs">
            <Badge size="xs" variant="light" color={proposal === undefined ? 'orange' : 'teal'}>
              {proposal === undefined ? 'Not decided' : statusWords[proposal.status]}
            </Badge>
            <RecordLink
              record={`proposal:${proposalId}`}
              label={titles.get(proposalId) ?? proposalId}
            />
            {message !== undefined && <Text size="xs">{message}</Text>}
          </Group>
        ))}
      </Stack>
    </Paper>
  )
}

function notTogether(marked: readonly Proposal[]): string | undefined {
  if (!marked.every(({ kind }) => kind === marked[0]?.kind))
    return 'Only proposals of one kind are decided together.'
  return marked.length > most ? `At most ${most} are decided together.` : undefined
}

/** Decides the marked proposals together; they must be of one kind, and each stands for itself. */
export function BulkBar({
  marked,
  onUnmark,
}: {
  /** As they were when they were marked. */
  readonly marked: readonly Proposal[]
  readonly onUnmark: () => void
}) {
  const [results, setResults] = useState<readonly Result[]>()
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>(new Map())
  const [why, setWhy] = useState('')
  const { mutate, isPending, error, variables } = useBulk(marked, (done) => {
    setTitles(new Map(marked.map(({ proposalId, title }) => [proposalId, title])))
    setResults(done)
    setWhy('')
    onUnmark()
  })
  const [first] = marked
  if (first === undefined)
    return results === undefined ? null : (
      <Results results={results} titles={titles} onClose={() => setResults(undefined)} />
    )
  const obstacle = notTogether(marked)
  return (
    <Paper withBorder p="xs" component="section" aria-label="Marked proposals">
      <Group gap="sm" align="flex-end">
        <Text size="sm" pb={6}>
          {marked.length} marked{obstacle === undefined ? `: ${actWords[first.kind]}` : ''}
        </Text>
        <Button
          size="xs"
          disabled={obstacle !== undefined}
          loading={isPending && variables.decision === 'approve'}
          onClick={() => mutate({ decision: 'approve' })}
        >
          Approve them
        </Button>
        <Button size="xs" variant="default" onClick={onUnmark}>
          Unmark
        </Button>
        <SaidLine label="Why not, if you reject them" value={why} onChange={setWhy} error={null}>
          <Button
            size="xs"
            variant="default"
            disabled={obstacle !== undefined || why.trim() === ''}
            loading={isPending && variables.decision === 'reject'}
            onClick={() => mutate({ decision: 'reject', reason: why.trim() })}
          >
            Reject them
          </Button>
        </SaidLine>
      </Group>
      {obstacle !== undefined && (
        <Text size="sm" c="orange" mt={4}>
          {obstacle}
        </Text>
      )}
      {error !== null && (
        <Alert color="red" mt="xs" role="alert">
          {error.message}
        </Alert>
      )}
    </Paper>
  )
}
