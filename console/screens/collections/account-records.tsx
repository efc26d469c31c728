import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Account, mailsQuery, messagesQuery } from '../../api/collections-queries.ts'
import { sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { replyWords } from './collections-words.ts'

const words = (text: string): string => text.replaceAll('-', ' ')

function Entry({
  title,
  badge,
  under,
  children,
}: {
  readonly title: string
  readonly badge: string
  readonly under: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <Paper withBorder p="sm">
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Badge size="sm" variant="light" color="gray">
          {badge}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed">
        {under}
      </Text>
      {children}
    </Paper>
  )
}

/** What was promised, and what became of it. */
export function Promises({ promises }: Pick<Account, 'promises'>) {
  if (promises.length === 0) return <Nothing title="Nothing was promised" />
  return (
    <Stack gap="xs">
      {promises.map(
        ({ promiseId, amountMinor, currency, promisedOn, paidMinor, status, ...promise }) => (
          <Entry
            key={promiseId}
            title={`${moneyText(amountMinor, currency)} for ${promisedOn}`}
            badge={status}
            under={
              <>
                {moneyText(paidMinor, currency)} came · counts until {promise.settleBy} · recorded
                by {promise.recordedBy} <Moment at={promise.recordedAt} />
              </>
            }
          >
            <Text size="sm">{promise.invoiceNumbers.join(', ')}</Text>
            {promise.note !== '' && <Text size="sm">{promise.note}</Text>}
            {promise.decisionReason !== null && <Text size="sm">{promise.decisionReason}</Text>}
          </Entry>
        ),
      )}
    </Stack>
  )
}

/** What the customer contests, at which desk it lies, and how it ended. */
export function Disputes({ disputes }: Pick<Account, 'disputes'>) {
  if (disputes.length === 0) return <Nothing title="Nothing is contested" />
  return (
    <Stack gap="xs">
      {disputes.map(({ disputeId, invoiceNumber, amountMinor, currency, status, ...dispute }) => (
        <Entry
          key={disputeId}
          title={`${invoiceNumber}: ${moneyText(amountMinor, currency)}`}
          badge={status}
          under={
            <>
              code {dispute.code} · with {dispute.route} · opened <Moment at={dispute.openedAt} />{' '}
              by {dispute.recordedBy}
            </>
          }
        >
          {dispute.note !== '' && <Text size="sm">{dispute.note}</Text>}
          {dispute.resolution !== null && <Text size="sm">{dispute.resolution}</Text>}
        </Entry>
      ))}
    </Stack>
  )
}

/** The last contacts about open invoices, however they were made. */
export function Contacts({ contacts }: { readonly contacts: Account['lastContacts'] }) {
  if (contacts.length === 0) return <Nothing title="Nobody has been in contact yet" />
  return (
    <Stack gap="xs">
      {contacts.map(({ contactId, channel, level, outcome, amountMinor, currency, ...contact }) => (
        <Entry
          key={contactId}
          title={`Level ${level} by ${channel}: ${moneyText(amountMinor, currency)}`}
          badge={words(outcome)}
          under={
            <>
              <Moment at={contact.madeAt} /> ·{' '}
              {contact.addressee.name ?? contact.addressee.email ?? contact.addressee.phone ?? ''} ·
              recorded by {contact.recordedBy}
            </>
          }
        >
          {contact.note !== '' && <Text size="sm">{contact.note}</Text>}
        </Entry>
      ))}
    </Stack>
  )
}

function Mails({ customerNumber }: { readonly customerNumber: string }) {
  const { data } = useQuery(mailsQuery(customerNumber))
  return data?.items.map(({ mailId, kind, sender, subject, content, outcome, ...mail }) => (
    <Entry
      key={mailId}
      title={subject === '' ? 'No subject' : subject}
      badge={mail.replyClass === null ? words(kind) : replyWords[mail.replyClass]}
      under={
        <>
          Came from {sender} <Moment at={mail.receivedAt} /> · {outcome}
        </>
      }
    >
      <Text size="sm" className="words">
        {content}
      </Text>
    </Entry>
  ))
}

function Sent({ customerNumber }: { readonly customerNumber: string }) {
  const { data, error, refetch } = useQuery(messagesQuery(customerNumber))
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading rows={2} />
  if (data.items.length === 0) return <Nothing title="Nothing was written yet" />
  return data.items.map(({ messageId, subject, body, status, statusReason, ...message }) => (
    <Entry
      key={messageId}
      title={subject}
      badge={words(status)}
      under={
        <>
          Level {message.level} to {message.recipient.email} ·{' '}
          {moneyText(message.amountMinor, message.currency)} · approved by {message.actor}{' '}
          <Moment at={message.queuedAt} />
          {statusReason === null ? '' : ` · ${statusReason}`}
        </>
      }
    >
      <Text size="sm" className="words">
        {body}
      </Text>
    </Entry>
  ))
}

/** What went out by mail, and what came back; the words of a customer are shown and never obeyed. */
export function Messages({ customerNumber }: { readonly customerNumber: string }) {
  const { data: session } = useQuery(sessionQuery)
  if (session?.scopes.includes('messages:read') !== true) return null
  return (
    <Stack gap="xs">
      <Mails customerNumber={customerNumber} />
      <Sent customerNumber={customerNumber} />
    </Stack>
  )
}
