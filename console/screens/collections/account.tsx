import { Alert, Anchor, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type Account, accountQuery } from '../../api/collections-queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { RecordTabs } from '../../shared/record-tabs.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { Ledger } from './account-ledger.tsx'
import { Contacts, Disputes, Messages, Promises } from './account-records.tsx'
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

function Stops({ stops }: Pick<Account, 'stops'>) {
  const inForce = stops.filter(({ liftedAt }) => liftedAt === null)
  if (inForce.length === 0) return null
  return (
    <Alert color="orange" title="What keeps us from writing">
      <Stack gap={4}>
        {inForce.map(({ stopId, kind, reason, placedAt, placedBy, until }) => (
          <Text size="sm" key={stopId}>
            <b>{kind.replaceAll('-', ' ')}</b>: {reason} Placed by {placedBy}{' '}
            <Moment at={placedAt} />
            {until === null ? '' : `, until ${until}`}.
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}

function Records({ account }: { readonly account: Account }) {
  const { customerNumber, promises, disputes, lastContacts } = account
  const tabs = [
    ['messages', 'Messages', <Messages key="messages" customerNumber={customerNumber} />],
    ['promises', `Promises (${promises.length})`, <Promises key="promises" promises={promises} />],
    ['disputes', `Disputes (${disputes.length})`, <Disputes key="disputes" disputes={disputes} />],
    [
      'contacts',
      `Contacts (${lastContacts.length})`,
      <Contacts key="contacts" contacts={lastContacts} />,
    ],
  ] as const
  return <RecordTabs tabs={tabs} />
}

/** A customer's account: what is open, what was promised, contested and said, and what can be done. */
export function AccountPage() {
  const customerNumber = useParams({ strict: false }).customerNumber ?? ''
  const { data, error, refetch } = useQuery(accountQuery(customerNumber))
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading rows={10} />
  return (
    <Stack gap="md">
      <Header account={data} />
      <Stops stops={data.stops} />
      <UnreadReplies replies={data.unreadReplies} />
      <SubjectActions
        subject={`customer:${customerNumber}`}
        nothing="The rules have nothing to write to this customer now; the reasons stand with the ledger."
      />
      <WaitingDrafts account={data} />
      {data.ledgers.length === 0 && <Nothing title="Nothing is open" />}
      {data.ledgers.map((ledger) => (
        <Ledger key={ledger.currency} ledger={ledger} />
      ))}
      <Records account={data} />
    </Stack>
  )
}
