import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type Account, accountQuery } from '../../api/collections-queries.ts'
import { sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { Read } from '../../shared/read.tsx'
import { RecordTabs } from '../../shared/record-tabs.tsx'
import { Nothing } from '../../shared/states.tsx'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { AccountActs, AccountForm, type OpenForm } from './account-forms.tsx'
import { Ledger } from './account-ledger.tsx'
import { Contacts, Disputes, Promises } from './account-records.tsx'
import { Thread, Timeline } from './account-thread.tsx'
import { CollectionsKpi } from './collections-figures.tsx'
import { stopWords } from './collections-words.ts'
import { Recipients } from './recipients.tsx'
import { Settle } from './settle.tsx'
import { UnreadReplies } from './unread-replies.tsx'
import { WaitingDrafts } from './waiting-drafts.tsx'

function Header({ account }: { readonly account: Account }) {
  const { customerNumber, name, segment, collector, asOf } = account
  return (
    <div>
      <Anchor component={Link} to="/collections" size="xs">
        All collections
      </Anchor>
      <Title order={1} size="h3">
        {name}
      </Title>
      <Text size="sm" c="dimmed">
        {[customerNumber, segment, collector ?? 'no collector', `as of ${asOf}`].join(' · ')}
      </Text>
    </div>
  )
}

function Stops({ stops, mayRecord }: Pick<Account, 'stops'> & { readonly mayRecord: boolean }) {
  const inForce = stops.filter(({ liftedAt }) => liftedAt === null)
  if (inForce.length === 0) return null
  return (
    <Alert color="orange" title="What keeps us from writing">
      <Stack gap={8}>
        {inForce.map(({ stopId, kind, reason, placedAt, placedBy, until }) => (
          <div key={stopId}>
            <Text size="sm">
              <b>{stopWords[kind]}</b>: {reason} Placed by {placedBy} <Moment at={placedAt} />
              {until === null ? '' : `, until ${until}`}.
            </Text>
            {mayRecord && (
              <Settle
                label="Resume writing"
                choices={[['lifted', 'Resume writing']]}
                settle={(_, why) =>
                  api.post('/v1/collections/stops/{id}/lift', {
                    params: { id: stopId },
                    body: { reason: why },
                  })
                }
                done="Letters may be written again."
              />
            )}
          </div>
        ))}
      </Stack>
    </Alert>
  )
}

function Records({
  account,
  mayRecord,
}: {
  readonly account: Account
  readonly mayRecord: boolean
}) {
  const { customerNumber, promises, disputes, lastContacts } = account
  const tabs = [
    ['messages', 'Messages', <Thread key="messages" customerNumber={customerNumber} />],
    [
      'promises',
      `Promises (${promises.length})`,
      <Promises key="promises" promises={promises} mayRecord={mayRecord} />,
    ],
    [
      'disputes',
      `Disputes (${disputes.length})`,
      <Disputes key="disputes" disputes={disputes} mayRecord={mayRecord} />,
    ],
    [
      'contacts',
      `Contacts made (${lastContacts.length})`,
      <Contacts key="contacts" contacts={lastContacts} />,
    ],
    [
      'recipients',
      'Who gets letters',
      <Recipients key="recipients" customerNumber={customerNumber} />,
    ],
    ['timeline', 'Timeline', <Timeline key="timeline" customerNumber={customerNumber} />],
  ] as const
  return <RecordTabs tabs={tabs} />
}

function Whole({ account }: { readonly account: Account }) {
  const { customerNumber, ledgers } = account
  const { data: session } = useQuery(sessionQuery)
  const [form, setForm] = useState<OpenForm>()
  const mayRecord = session?.scopes.includes('collections:write') ?? false
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Header account={account} />
        {mayRecord && <AccountActs onOpen={setForm} />}
      </Group>
      <AccountForm account={account} open={form} onClose={() => setForm(undefined)} />
      <Stops stops={account.stops} mayRecord={mayRecord} />
      <UnreadReplies replies={account.unreadReplies} onOpen={mayRecord ? setForm : undefined} />
      <SubjectActions
        subject={`customer:${customerNumber}`}
        nothing="The rules have nothing to write to this customer now; the reasons stand with the ledger."
      />
      <WaitingDrafts customerNumber={customerNumber} />
      {ledgers.length === 0 && <Nothing title="Nothing is open" />}
      {ledgers.map((ledger) => (
        <Stack key={ledger.currency} gap="sm">
          <Ledger ledger={ledger} />
          <CollectionsKpi currency={ledger.currency} customerNumber={customerNumber} />
        </Stack>
      ))}
      <Records account={account} mayRecord={mayRecord} />
    </Stack>
  )
}

/** A customer's account: what is open, what was promised, contested and said, and what can be done. */
export function AccountPage() {
  const customerNumber = useParams({ strict: false }).customerNumber ?? ''
  return (
    <Read query={useQuery(accountQuery(customerNumber))} rows={10}>
      {(account) => <Whole key={customerNumber} account={account} />}
    </Read>
  )
}
