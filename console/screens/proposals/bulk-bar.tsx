import { Alert, Button, Group, Paper, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { type Proposal, queryClient } from '../../api/queries.ts'
import { actWords } from '../../shared/words.ts'

/** Approves the marked proposals together; they must be of one kind, and each stands for itself. */
export function BulkBar({
  items,
  marked,
  onDone,
}: {
  readonly items: readonly Proposal[]
  readonly marked: readonly string[]
  readonly onDone: () => void
}) {
  const chosen = items.filter(({ proposalId }) => marked.includes(proposalId))
  const [first] = chosen
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      api.post('/v1/proposals/decisions', {
        body: {
          decision: 'approve',
          items: chosen.map(({ proposalId, version, effectHash }) => ({
            proposalId,
            version,
            effectHash,
          })),
        },
      }),
    onSuccess: ({ items: results }) => {
      const refused = results.filter(({ problem }) => problem !== undefined)
      notifications.show({
        title: `${results.length - refused.length} approved, ${refused.length} not`,
        message: refused[0]?.message ?? 'Each is done on its own.',
        color: refused.length === 0 ? 'teal' : 'orange',
        autoClose: refused.length === 0 ? 5_000 : false,
      })
      onDone()
    },
    onSettled: () => queryClient.invalidateQueries(),
  })
  if (first === undefined) return null
  const isOneKind = chosen.every(({ kind }) => kind === first.kind)
  return (
    <Paper withBorder p="xs">
      <Group gap="sm">
        <Text size="sm">
          {chosen.length} marked{isOneKind ? `: ${actWords[first.kind]}` : ''}
        </Text>
        <Button size="xs" disabled={!isOneKind} loading={isPending} onClick={() => mutate()}>
          Approve them
        </Button>
        <Button size="xs" variant="default" onClick={onDone}>
          Unmark
        </Button>
        {!isOneKind && (
          <Text size="sm" c="dimmed">
            Only proposals of one kind are decided together.
          </Text>
        )}
      </Group>
      {error !== null && (
        <Alert color="red" mt="xs" role="alert">
          {error.message}
        </Alert>
      )}
    </Paper>
  )
}
