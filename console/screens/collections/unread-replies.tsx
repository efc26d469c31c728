import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Account } from '../../api/collections-queries.ts'
import { queryClient, sessionQuery } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { replyWords } from './collections-words.ts'

function Reply({
  reply,
  mayRead,
}: {
  readonly reply: Account['unreadReplies'][number]
  readonly mayRead: boolean
}) {
  const { replyId, sender, content, replyClass, reading, receivedAt } = reply
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      api.post('/v1/collections/replies/{id}/read', { params: { id: replyId }, body: {} }),
    onSettled: () => queryClient.invalidateQueries(),
  })
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed">
        {sender}, <Moment at={receivedAt} />; taken for: {replyWords[replyClass]}
      </Text>
      <Text size="sm" className="words" fs="italic">
        {content}
      </Text>
      {reading.evidence.length > 0 && <EvidenceList evidence={reading.evidence} />}
      {mayRead && (
        <Group gap="xs">
          <Button size="xs" variant="default" loading={isPending} onClick={() => mutate()}>
            I have read it
          </Button>
          {error !== null && (
            <Text size="sm" c="red" role="alert">
              {error.message}
            </Text>
          )}
        </Group>
      )}
    </Stack>
  )
}

/** Answers of the customer that nobody has read: until then nobody writes to them by itself. */
export function UnreadReplies({ replies }: { readonly replies: Account['unreadReplies'] }) {
  const { data: session } = useQuery(sessionQuery)
  if (replies.length === 0) return null
  const title =
    replies.length === 1 ? 'One answer is unread' : `${replies.length} answers are unread`
  return (
    <Alert color="orange" title={title}>
      <Stack gap="md">
        {replies.map((reply) => (
          <Reply
            key={reply.replyId}
            reply={reply}
            mayRead={session?.scopes.includes('collections:write') ?? false}
          />
        ))}
      </Stack>
    </Alert>
  )
}
