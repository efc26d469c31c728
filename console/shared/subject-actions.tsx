import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { candidatesQuery, type Proposal, queryClient } from '../api/queries.ts'
import { moneyText } from './money.tsx'
import { Failed } from './states.tsx'
import { actWords, statusWords } from './words.ts'

function useProposing(subject: string) {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (candidateId: string) =>
      api.post('/v1/proposals', { body: { subject, candidateId } }),
    onSuccess: async ({ proposalId, status, title }: Proposal) => {
      await queryClient.invalidateQueries()
      if (status === 'requires_review')
        await navigate({ to: '/proposals/$proposalId', params: { proposalId } })
      else notifications.show({ title: statusWords[status], message: title, autoClose: 5_000 })
    },
  })
}

/**
 * What could be done about a record, made by the rules. Choosing one makes the proposal: what a person decides opens in
 * the inbox, what a policy lets pass is done.
 */
export function SubjectActions({
  subject,
  title = 'What can be done',
  nothing,
}: {
  readonly subject: string
  readonly title?: string
  /** Said where nothing can be done; without it nothing is shown then. */
  readonly nothing?: string
}) {
  const { data, error: unread, refetch } = useQuery(candidatesQuery(subject))
  const { mutate, isPending, variables, error } = useProposing(subject)
  const failed = unread === null ? null : <Failed error={unread} again={refetch} />
  if (data === undefined || (data.items.length === 0 && nothing === undefined)) return failed
  return (
    <Paper withBorder p="sm">
      <Title order={2} size="h6" mb="xs">
        {title}
      </Title>
      {failed}
      <Stack gap="xs">
        {data.items.length === 0 && (
          <Text size="sm" c="dimmed">
            {nothing}
          </Text>
        )}
        {data.items.map(({ candidateId, kind, title, money }) => (
          <Group key={candidateId} justify="space-between" gap="xs">
            <Text size="sm" flex="1 1 220px">
              {title}
              {money === undefined ? '' : ` · ${moneyText(money.amountMinor, money.currency)}`}
            </Text>
            <Button
              size="xs"
              variant="default"
              loading={isPending && variables === candidateId}
              onClick={() => mutate(candidateId)}
            >
              {actWords[kind]}
            </Button>
          </Group>
        ))}
        {error !== null && (
          <Text size="sm" c="red" role="alert">
            {error.message}
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
