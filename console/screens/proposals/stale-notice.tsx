import { Alert, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { basisQuery } from '../../api/proposals-queries.ts'
import type { Proposal } from '../../api/queries.ts'
import { SubjectActions } from '../../shared/subject-actions.tsx'
import { ThenAndNow } from '../../shared/then-and-now.tsx'

const proposable: ReadonlySet<string> = new Set(['order', 'customer', 'cluster', 'transaction'])

/** What changed under a proposal since it was made, record by record, and what can be proposed instead. */
export function StaleNotice({ proposal }: { readonly proposal: Proposal }) {
  const { proposalId, subject, status, result } = proposal
  const { data } = useQuery(basisQuery(proposalId))
  const isStale = status === 'stale'
  if (!isStale && (data === undefined || data.isCurrent)) return null
  const changed = data?.records.filter(({ isChanged }) => isChanged) ?? []
  const why = data?.gone ?? (isStale && changed.length === 0 ? result?.message : undefined)
  return (
    <Stack gap="xs">
      <Alert color="orange" title={isStale ? 'Overtaken by events' : 'Its records have changed'}>
        <Stack gap="xs">
          <Text size="sm">
            {isStale
              ? 'The records changed after this was proposed, so it can no longer be done as shown.'
              : 'It cannot be done as shown any more: whoever approves it now is refused.'}{' '}
            {why}
          </Text>
          <ThenAndNow records={changed} />
        </Stack>
      </Alert>
      {proposable.has(subject.kind) && (
        <SubjectActions
          subject={`${subject.kind}:${subject.id}`}
          title="Propose again"
          nothing="Nothing of the kind is to be done on the records as they are now."
        />
      )}
    </Stack>
  )
}
