import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../../api/client.ts'
import { type Account, disputeCodesQuery } from '../../api/collections-queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Nothing } from '../../shared/states.tsx'
import { disputeWords, promiseWords } from './collections-words.ts'
import { Settle } from './settle.tsx'

const words = (text: string): string => text.replaceAll('-', ' ')

/** One record of an account: what it is, what became of it, and by whom. */
export function Entry({
  title,
  badge,
  color = 'gray',
  under,
  children,
}: {
  readonly title: string
  readonly badge: string
  readonly color?: string
  readonly under: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <Paper withBorder p="sm">
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Badge size="sm" variant="light" color={color}>
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

const promiseColors = { kept: 'teal', broken: 'orange', pending: 'gray', cancelled: 'gray' }

/** What was promised, and what became of it. */
export function Promises({
  promises,
  mayRecord,
}: Pick<Account, 'promises'> & { readonly mayRecord: boolean }) {
  if (promises.length === 0) return <Nothing title="Nothing was promised" />
  return (
    <Stack gap="xs">
      {promises.map(
        ({ promiseId, amountMinor, currency, promisedOn, paidMinor, status, ...promise }) => (
          <Entry
            key={promiseId}
            title={`${moneyText(amountMinor, currency)} for ${promisedOn}`}
            badge={promiseWords[status]}
            color={promiseColors[status]}
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
            {mayRecord && status === 'pending' && (
              <Settle
                label="Cancel the promise"
                choices={[['cancelled', 'Cancel the promise']]}
                settle={(_, reason) =>
                  api.post('/v1/collections/promises/{id}/cancel', {
                    params: { id: promiseId },
                    body: { reason },
                  })
                }
                done="The promise is cancelled."
              />
            )}
          </Entry>
        ),
      )}
    </Stack>
  )
}

const settlements = [
  ['accepted', 'They are right'],
  ['rejected', 'We are right'],
  ['withdrawn', 'They withdrew it'],
] as const

/** What the customer contests, at which desk it lies, and how it ended. */
export function Disputes({
  disputes,
  mayRecord,
}: Pick<Account, 'disputes'> & { readonly mayRecord: boolean }) {
  const { data: codes } = useQuery(disputeCodesQuery)
  if (disputes.length === 0) return <Nothing title="Nothing is contested" />
  return (
    <Stack gap="xs">
      {disputes.map(({ disputeId, invoiceNumber, amountMinor, currency, status, ...dispute }) => (
        <Entry
          key={disputeId}
          title={`${invoiceNumber}: ${moneyText(amountMinor, currency)}`}
          badge={disputeWords[status]}
          color={status === 'open' ? 'orange' : 'gray'}
          under={
            <>
              {codes?.items.find(({ code }) => code === dispute.code)?.name ?? ''} (code{' '}
              {dispute.code}) · with {dispute.route} · opened <Moment at={dispute.openedAt} /> by{' '}
              {dispute.recordedBy}
            </>
          }
        >
          {dispute.note !== '' && <Text size="sm">{dispute.note}</Text>}
          {dispute.resolution !== null && <Text size="sm">{dispute.resolution}</Text>}
          {mayRecord && status === 'open' && (
            <Settle
              label="Settle or withdraw"
              choices={settlements}
              settle={(how, reason) =>
                api.post('/v1/collections/disputes/{id}/resolve', {
                  params: { id: disputeId },
                  body: { status: how, reason },
                })
              }
              done="The dispute is settled."
            />
          )}
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
