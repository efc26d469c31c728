import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import {
  mailsQuery,
  messagesQuery,
  type Reply,
  repliesQuery,
  timelineQuery,
} from '../../api/collections-queries.ts'
import { sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Read } from '../../shared/read.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { Entry } from './account-records.tsx'
import { replyWords } from './collections-words.ts'

const words = (text: string): string => text.replaceAll('-', ' ')

type Told = { readonly at: string; readonly entry: ReactNode }

function useSent(customerNumber: string, mayRead: boolean) {
  const query = useQuery({ ...messagesQuery(customerNumber), enabled: mayRead })
  const told = (query.data?.items ?? []).map(
    ({ messageId, subject, body, status, statusReason, queuedAt, ...message }): Told => ({
      at: queuedAt,
      entry: (
        <Entry
          key={messageId}
          title={`To them: ${subject}`}
          badge={words(status)}
          color={status === 'sent' ? 'teal' : 'gray'}
          under={
            <>
              Level {message.level} to {message.recipient.email} ·{' '}
              {moneyText(message.amountMinor, message.currency)} · approved by {message.actor}{' '}
              <Moment at={queuedAt} />
              {statusReason === null ? '' : ` · ${statusReason}`}
            </>
          }
        >
          <Text size="sm" className="words">
            {body}
          </Text>
        </Entry>
      ),
    }),
  )
  return { query, told }
}

function replyEntry(reply: Reply, subject: string): Told {
  const { replyId, sender, channel, content, replyClass, receivedAt, readAt, readBy } = reply
  return {
    at: receivedAt,
    entry: (
      <Entry
        key={replyId}
        title={`From them: ${subject === '' ? `by ${channel}` : subject}`}
        badge={replyWords[replyClass]}
        color="blue"
        under={
          <>
            {sender} <Moment at={receivedAt} />
            {readAt === null ? ' · nobody has read it yet' : ` · read by ${readBy ?? ''}`}
          </>
        }
      >
        <Text size="sm" className="words" fs="italic">
          {content}
        </Text>
        {reply.reading.alternatives.map(({ candidateId, text }) => (
          <Text size="xs" c="dimmed" key={candidateId}>
            {text}
          </Text>
        ))}
      </Entry>
    ),
  }
}

/** Answers on record, by mail or otherwise, and mails that are none: bounces, absences, mails nobody could tie. */
function useReceived(customerNumber: string, mayRead: boolean): Told[] {
  const { data: mails } = useQuery({ ...mailsQuery(customerNumber), enabled: mayRead })
  const { data: replies } = useQuery(repliesQuery(customerNumber))
  const subjects = new Map(
    (mails?.items ?? []).flatMap(({ replyId, subject }) =>
      replyId === null ? [] : [[replyId, subject] as const],
    ),
  )
  const others = (mails?.items ?? []).filter(({ replyId }) => replyId === null)
  return [
    ...(replies?.items ?? []).map((reply) => replyEntry(reply, subjects.get(reply.replyId) ?? '')),
    ...others.map(
      ({ mailId, kind, sender, subject, content, outcome, receivedAt }): Told => ({
        at: receivedAt,
        entry: (
          <Entry
            key={mailId}
            title={`From them: ${subject === '' ? 'no subject' : subject}`}
            badge={words(kind)}
            under={
              <>
                {sender} <Moment at={receivedAt} /> · {outcome}
              </>
            }
          >
            <Text size="sm" className="words" fs="italic">
              {content}
            </Text>
          </Entry>
        ),
      }),
    ),
  ]
}

function Written({ told }: { readonly told: readonly Told[] }) {
  const thread = told.toSorted((a, b) => (a.at < b.at ? 1 : -1))
  if (thread.length === 0) return <Nothing title="Nothing was written yet" />
  return <Stack gap="xs">{thread.map(({ entry }) => entry)}</Stack>
}

/** What went out and what came back, the newest first; the words of a customer are shown and never obeyed. */
export function Thread({ customerNumber }: { readonly customerNumber: string }) {
  const { data: session } = useQuery(sessionQuery)
  const mayRead = session?.scopes.includes('messages:read') ?? false
  const { query, told: sent } = useSent(customerNumber, mayRead)
  const received = useReceived(customerNumber, mayRead)
  if (!mayRead) return <Written told={received} />
  return (
    <Read query={query} rows={2}>
      {() => <Written told={[...sent, ...received]} />}
    </Read>
  )
}

/** What happened between the customer and collections, the newest first. */
export function Timeline({ customerNumber }: { readonly customerNumber: string }) {
  const { data, error, refetch } = useQuery(timelineQuery(customerNumber))
  if (data === undefined)
    return error === null ? <Reading rows={4} /> : <Failed error={error} again={refetch} />
  if (data.items.length === 0) return <Nothing title="Nothing has happened yet" />
  return (
    <Stack gap={6} component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
      {data.items.map(({ at, kind, recordId, by, text, note }) => (
        <li key={`${kind} ${recordId} ${text} ${at}`}>
          <Text size="sm">{text}</Text>
          <Text size="xs" c="dimmed">
            <Moment at={at} /> · {by}
            {note === '' ? '' : ` · ${note}`}
          </Text>
        </li>
      ))}
    </Stack>
  )
}
