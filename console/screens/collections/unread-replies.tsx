import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type Reply, readingsQuery } from '../../api/collections-queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import type { OpenForm } from './account-forms.tsx'
import { replyWords } from './collections-words.ts'
import { isStopKind } from './record-forms.tsx'
import { useRecording } from './use-recording.ts'

type ReplyClass = Reply['replyClass']

const isReplyClass = (text: string): text is ReplyClass => text in replyWords

const classChoices = Object.entries(replyWords).map(([value, label]) => ({ value, label }))

/** What a person can record that follows from an answer; absent where nothing is to be recorded. */
function followUp(
  replyClass: ReplyClass,
  reply: Reply,
  values: Readonly<Record<string, unknown>>,
): { readonly label: string; readonly form: OpenForm } | undefined {
  const { stop } = values
  if (replyClass === 'promise' || replyClass === 'hardship')
    return { label: 'Record a promise', form: { form: 'promise', reply } }
  if (replyClass === 'dispute')
    return { label: 'Record a dispute', form: { form: 'dispute', reply } }
  return isStopKind(stop)
    ? { label: 'Stop writing', form: { form: 'stop', kind: stop } }
    : undefined
}

/** What it is taken for, what a person takes it for, and what that leads to. */
function Reading({
  reply,
  onOpen,
}: {
  readonly reply: Reply
  readonly onOpen: (form: OpenForm) => void
}) {
  const [replyClass, setClass] = useState<ReplyClass>(reply.replyClass)
  const { data } = useQuery(readingsQuery(reply.replyId))
  const { record, isPending, problem } = useRecording({
    record: (taken: ReplyClass) =>
      api.post('/v1/collections/replies/{id}/read', {
        params: { id: reply.replyId },
        body: { replyClass: taken },
      }),
    done: `Read: ${replyWords[replyClass].toLowerCase()}.`,
    onDone: () => undefined,
  })
  const leadsTo = data?.items.find((one) => one.replyClass === replyClass)?.leadsTo
  const next = followUp(replyClass, reply, leadsTo?.values ?? {})
  return (
    <Stack gap={6}>
      <Group gap="xs" align="flex-end">
        <Select
          size="xs"
          w={210}
          label="What it is"
          allowDeselect={false}
          data={classChoices}
          value={replyClass}
          onChange={(taken) => {
            if (taken !== null && isReplyClass(taken)) setClass(taken)
          }}
        />
        <Button size="xs" loading={isPending} onClick={() => record(replyClass)}>
          {replyClass === reply.replyClass ? 'I have read it' : 'Correct it'}
        </Button>
        {next !== undefined && (
          <Button size="xs" variant="default" onClick={() => onOpen(next.form)}>
            {next.label}
          </Button>
        )}
      </Group>
      {leadsTo !== undefined && (
        <Text size="xs" role="status">
          Then: {leadsTo.text}
        </Text>
      )}
      {problem !== undefined && (
        <Text size="sm" c="red" role="alert">
          {problem.message}
        </Text>
      )}
    </Stack>
  )
}

/** Answers of the customer that nobody has read: until then nobody writes to them by itself. */
export function UnreadReplies({
  replies,
  onOpen,
}: {
  readonly replies: readonly Reply[]
  /** Opens a form that follows from an answer; absent for whoever records nothing. */
  readonly onOpen: ((form: OpenForm) => void) | undefined
}) {
  if (replies.length === 0) return null
  const title =
    replies.length === 1 ? 'One answer is unread' : `${replies.length} answers are unread`
  return (
    <Alert color="orange" title={title}>
      <Stack gap="md">
        {replies.map((reply) => (
          <Stack gap={4} key={reply.replyId} component="article" aria-label="Answer">
            <Text size="xs">
              {reply.sender === '' ? reply.channel : reply.sender}, <Moment at={reply.receivedAt} />
              ; taken for: {replyWords[reply.replyClass]}
            </Text>
            <Text size="sm" className="words" fs="italic">
              {reply.content}
            </Text>
            {reply.reading.evidence.length > 0 && (
              <EvidenceList evidence={reply.reading.evidence} />
            )}
            {onOpen !== undefined && <Reading reply={reply} onOpen={onOpen} />}
          </Stack>
        ))}
      </Stack>
    </Alert>
  )
}
