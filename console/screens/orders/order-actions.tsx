import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { candidatesQuery, queryClient } from '../../api/queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { actWords } from '../../shared/words.ts'

/** What could be done about an order, made by the rules; choosing one opens it in the inbox with its facts. */
export function OrderActions({ orderId }: { readonly orderId: string }) {
  const navigate = useNavigate()
  const subject = `order:${orderId}`
  const { data } = useQuery(candidatesQuery(subject))
  const { mutate, isPending, variables, error } = useMutation({
    mutationFn: (candidateId: string) =>
      api.post('/v1/proposals', { body: { subject, candidateId } }),
    onSuccess: async ({ proposalId }) => {
      await queryClient.invalidateQueries()
      await navigate({ to: '/proposals/$proposalId', params: { proposalId } })
    },
  })
  const candidates = data?.items ?? []
  if (candidates.length === 0) return null
  return (
    <Paper withBorder p="sm">
      <Title order={2} size="h6" mb="xs">
        What can be done
      </Title>
      <Stack gap="xs">
        {candidates.map(({ candidateId, kind, title, money }) => (
          <Group key={candidateId} justify="space-between" wrap="nowrap">
            <Text size="sm">
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
