import { Anchor, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { callQuery, replaysQuery } from '../../api/failures-queries.ts'
import type { Proposal } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { statusWords } from '../../shared/words.ts'

const callsOf = ({ records }: Proposal): string[] =>
  records.flatMap(({ record }) => {
    const [kind, id] = record.split(/:(.*)/s)
    return kind === 'transaction' && id !== undefined ? [id] : []
  })

const isSent = ({ status }: Proposal) => status === 'executing' || status === 'succeeded'

function whoWords({ requestedBy, decisions }: Proposal): string {
  const approval = decisions.find(({ decision }) => decision === 'approve')
  const asked = `asked for by ${requestedBy.name}`
  return approval === undefined ? asked : `${asked}, approved by ${approval.by.name}`
}

/** How far the calls of one sending-again are: each is read until it has ended. */
function Calls({ replay }: { readonly replay: Proposal }) {
  const ids = callsOf(replay)
  // A call that was looked at before still counts as given up until it is read again.
  const whileSent = replay.status === 'executing' ? { refetchInterval: 2_000 } : {}
  const calls = useQueries({ queries: ids.map((id) => ({ ...callQuery(id), ...whileSent })) })
  const among = (status: string) => calls.filter(({ data }) => data?.status === status).length
  const [through, failed, dropped] = [among('succeeded'), among('failed'), among('dropped')]
  const part = (count: number) => (ids.length === 0 ? 0 : (count / ids.length) * 100)
  const under = ids.length - through - failed - dropped
  const text = [
    `${through} of ${ids.length} through`,
    ...(under > 0 ? [`${under} on their way`] : []),
    ...(failed > 0 ? [`${failed} failed again`] : []),
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
  ].join(', ')
  return (
    <Stack gap={4}>
      <Progress.Root size="lg" aria-label={text}>
        <Progress.Section value={part(through)} color="teal" withAria={false} />
        <Progress.Section value={part(dropped)} color="gray" withAria={false} />
        <Progress.Section value={part(failed)} color="red" withAria={false} />
        <Progress.Section value={part(under)} color="blue" striped animated withAria={false} />
      </Progress.Root>
      <Text size="sm" role="status">
        {text}
      </Text>
    </Stack>
  )
}

/** The sendings-again of a cause, the newest first, with how far each is. */
export function ReplayProgress({ clusterId }: { readonly clusterId: string }) {
  const { data } = useQuery(replaysQuery(clusterId))
  const replays = data?.items ?? []
  if (replays.length === 0) return null
  return (
    <Paper withBorder p="sm">
      <Title order={2} size="h6" mb="xs">
        Sent again
      </Title>
      <Stack gap="md">
        {replays.map((replay) => (
          <Stack gap={4} key={replay.proposalId}>
            <Group justify="space-between" gap="xs">
              <Anchor component={Link} to={`/proposals/${replay.proposalId}`} size="sm">
                {replay.title}
              </Anchor>
              <Text size="xs" c="dimmed">
                {statusWords[replay.status]} · {whoWords(replay)} ·{' '}
                <Moment at={replay.decidedAt ?? replay.createdAt} />
              </Text>
            </Group>
            {isSent(replay) && <Calls replay={replay} />}
            {!isSent(replay) && replay.result !== null && (
              <Text size="sm">{replay.result.message}</Text>
            )}
          </Stack>
        ))}
      </Stack>
    </Paper>
  )
}
