import { Accordion, Badge, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Call, failedCallsQuery } from '../../api/failures-queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { CallRecordPanel } from './call-record.tsx'
import { CallsFilterBar } from './calls-filter.tsx'
import { failuresSearch } from './failures-search.ts'

function Row({ call }: { readonly call: Call }) {
  const { transactionId, operation, naturalKey, connectionId, errorCode, errorMessage } = call
  return (
    <Accordion.Item value={transactionId}>
      <Accordion.Control data-row>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <Stack gap={2} miw={0}>
            <Text size="sm" fw={600} truncate>
              {naturalKey}
            </Text>
            <Text size="sm" lineClamp={2}>
              {errorMessage ?? errorCode ?? 'No reason was given.'}
            </Text>
            <Text size="xs" c="dimmed">
              {operation.replaceAll(/[-_.]/g, ' ')} · {connectionId} ·{' '}
              {call.attempts === 1 ? '1 try' : `${call.attempts} tries`} ·{' '}
              <Moment at={call.finishedAt ?? call.createdAt} />
            </Text>
          </Stack>
          <Stack gap={4} align="flex-end" mr="xs" style={{ flexShrink: 0 }}>
            {call.amountMinor !== null && call.currency !== null && (
              <Text size="sm" fw={700} className="figures" style={{ whiteSpace: 'nowrap' }}>
                {moneyText(call.amountMinor, call.currency)}
              </Text>
            )}
            {errorCode !== null && (
              <Badge size="sm" color="red" variant="light" visibleFrom="sm">
                {errorCode}
              </Badge>
            )}
          </Stack>
        </Group>
      </Accordion.Control>
      <Accordion.Panel pt="xs">
        <CallRecordPanel transactionId={transactionId} />
      </Accordion.Panel>
    </Accordion.Item>
  )
}

/** Calls that were given up, one by one, the newest first; each opens to its tries and what it carries. */
export function FailedCalls() {
  const { tab: _tab, ...filter } = failuresSearch({ ...useSearch({ strict: false }), tab: 'calls' })
  const { connection, operation, cluster, ...words } = filter
  const navigate = useNavigate()
  const list = useRowKeys()
  const query = useInfiniteQuery(
    failedCallsQuery({
      ...words,
      ...(connection === undefined ? {} : { connectionId: connection }),
      ...(operation === undefined ? {} : { operation }),
      ...(cluster === undefined ? {} : { clusterId: cluster }),
    }),
  )
  const { data, error, refetch } = query
  const calls = data?.pages.flatMap(({ items }) => items)
  const narrow = (change: Record<string, string>) =>
    void navigate({
      to: '/failures',
      search: failuresSearch({ ...filter, ...change, tab: 'calls' }),
      replace: true,
    })
  return (
    <Stack gap="sm">
      <CallsFilterBar filter={filter} narrow={narrow} />
      {error !== null && <Failed error={error} again={refetch} />}
      {calls === undefined && error === null && <Reading />}
      {calls?.length === 0 && (
        <Nothing title="No failed calls">
          {Object.keys(filter).length === 0
            ? 'Every call went through or is still on its way.'
            : 'None is like this; take away a filter.'}
        </Nothing>
      )}
      {calls !== undefined && calls.length > 0 && (
        <Accordion ref={list} variant="contained" chevronPosition="left" keepMounted={false}>
          {calls.map((call) => (
            <Row key={call.transactionId} call={call} />
          ))}
        </Accordion>
      )}
      <ShowMore query={query} />
    </Stack>
  )
}
