import { List, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type LineExplanation, lineQuery } from '../../api/order-queries.ts'
import { EvidenceList, Sentence } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { WorkedOutNow } from '../../shared/on-record.tsx'
import { Read } from '../../shared/read.tsx'
import { LineAlternatives } from './line-alternatives.tsx'
import { LinePrice } from './line-price.tsx'

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Quantities({ line }: { readonly line: LineExplanation }) {
  return (
    <List size="sm">
      {line.quantities.map(({ what, text, at }) => (
        <List.Item key={`${what} ${text}`}>
          {text}{' '}
          {at !== null && (
            <Text size="xs" c="dimmed" span>
              <Moment at={at} />
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  )
}

function daysText({ requestedOn, promisedOn, daysLate }: LineExplanation['dates']): string {
  const late = daysLate === null || daysLate === 0 ? '' : `, ${daysLate} days later`
  return `${requestedOn === null ? 'No day was asked for' : `Asked for ${requestedOn}`}; ${
    promisedOn === null ? 'no day is promised' : `promised for ${promisedOn}${late}`
  }.`
}

function Dates({ line }: { readonly line: LineExplanation }) {
  const { dates, workedOutAt } = line
  return (
    <Stack gap={4}>
      <Text size="sm">{daysText(dates)}</Text>
      {dates.moves.map(({ summary, at }) => (
        <Text size="sm" key={`${at ?? ''} ${summary}`}>
          <Sentence text={summary} /> {at !== null && <Moment at={at} c="dimmed" />}
        </Text>
      ))}
      {dates.now !== null && (
        <WorkedOutNow at={workedOutAt}>
          <EvidenceList evidence={dates.now.evidence} />
        </WorkedOutNow>
      )}
    </Stack>
  )
}

/** Why a line is as it is; read when it is opened. */
export function LineDetail({
  orderId,
  number,
}: {
  readonly orderId: string
  readonly number: string
}) {
  return (
    <Read query={useQuery(lineQuery(orderId, number))} rows={4}>
      {(line) => (
        <Stack gap="md" py="xs" role="region" aria-label={`Line ${number}`}>
          <Part title="How the price came about">
            <LinePrice line={line} />
          </Part>
          <Part title="What has become of it">
            <Quantities line={line} />
          </Part>
          <Part title="When">
            <Dates line={line} />
          </Part>
          {line.alternatives !== null && (
            <Part title="What could be delivered instead">
              <LineAlternatives line={line} />
            </Part>
          )}
        </Stack>
      )}
    </Read>
  )
}
