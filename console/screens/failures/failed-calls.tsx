import { Accordion, Badge, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Call, failedCallsQuery } from '../../api/failures-queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { useRowKeys } from '../../shared/row-keys.ts'
import { ShowMore } from '../../shared/show-more.tsx'
import { Failed, Nothing, Reading } from '../../shared/states.tsx'
import { CallRecordPanel } from './call-record.tsx'

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
          {errorCode !== null && (
            <Badge size="sm" color="red" variant="light" mr="xs" visibleFrom="sm">
              {errorCode}
            </Badge>
          )}
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
  const [text, setText] = useState('')
  const find = useDebouncedCallback((value: string) => setText(value.trim()), 250)
  const list = useRowKeys()
  const query = useInfiniteQuery(failedCallsQuery(text))
  const { data, error, refetch } = query
  const calls = data?.pages.flatMap(({ items }) => items)
  return (
    <Stack gap="sm">
      <TextInput
        size="xs"
        maw={360}
        placeholder="Part of a number or of what was said"
        aria-label="Find a call by part of a number or of what was said"
        onChange={({ currentTarget }) => find(currentTarget.value)}
      />
      {error !== null && <Failed error={error} again={refetch} />}
      {calls === undefined && error === null && <Reading />}
      {calls?.length === 0 && (
        <Nothing title="No failed calls">
          {text === '' ? 'Every call went through or is still on its way.' : 'None is like this.'}
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
