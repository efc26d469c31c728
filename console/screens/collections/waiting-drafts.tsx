import { Anchor, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { waitingForQuery } from '../../api/collections-queries.ts'
import { basisQuery } from '../../api/proposals-queries.ts'
import type { Proposal } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { Failed, Reading } from '../../shared/states.tsx'
import { ThenAndNow } from '../../shared/then-and-now.tsx'

function Draft({ changes }: Pick<Proposal, 'changes'>) {
  return (
    <Stack gap="xs">
      {changes.map(({ label, after }) => (
        <div key={label}>
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text size="sm" className="words">
            {after ?? ''}
          </Text>
        </div>
      ))}
    </Stack>
  )
}

/** The records a draft was written from, then and now; what changed since is marked. */
function Basis({ proposalId }: { readonly proposalId: string }) {
  const { data, error, refetch } = useQuery(basisQuery(proposalId))
  if (data === undefined)
    return error === null ? <Reading rows={3} /> : <Failed error={error} again={refetch} />
  const invoices = data.records.filter(({ record }) => record.startsWith('invoice:'))
  const others = data.records.filter(
    ({ record, isChanged }) => isChanged && !record.startsWith('invoice:'),
  )
  return (
    <Stack gap="xs">
      {data.isCurrent ? (
        <Text size="xs" c="dimmed">
          The ledger is as it was when this was written.
        </Text>
      ) : (
        <Text size="sm" c="orange" role="status">
          The ledger has changed since: it cannot leave as it is written. {data.gone ?? ''}
        </Text>
      )}
      <ThenAndNow records={[...invoices, ...others]} hasMarks />
    </Stack>
  )
}

function Waiting({ proposal }: { readonly proposal: Proposal }) {
  const { proposalId, title, changes, evidence, money, createdAt, requestedBy } = proposal
  return (
    <Paper withBorder p="sm" component="article" aria-label={title}>
      <Group justify="space-between" align="flex-start" gap="xs" mb="sm">
        <div>
          <Anchor component={Link} to={`/proposals/${proposalId}`} size="sm" fw={600}>
            {title}
          </Anchor>
          <Text size="xs" c="dimmed">
            waits for a decision · asked for by {requestedBy.name} <Moment at={createdAt} />
          </Text>
        </div>
        {money !== null && (
          <Text fw={700} className="figures">
            {moneyText(money.amountMinor, money.currency)}
          </Text>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <section>
          <Title order={3} size="h6" mb={4}>
            The draft
          </Title>
          <Draft changes={changes} />
        </section>
        <section>
          <Title order={3} size="h6" mb={4}>
            The ledger it was written from
          </Title>
          <Basis proposalId={proposalId} />
          <Title order={3} size="h6" mt="sm" mb={4}>
            Why
          </Title>
          <EvidenceList evidence={evidence} />
        </section>
      </SimpleGrid>
    </Paper>
  )
}

/** What is proposed about a customer and waits: each draft beside the ledger it was written from. */
export function WaitingDrafts({ customerNumber }: { readonly customerNumber: string }) {
  const { data } = useQuery(waitingForQuery(customerNumber))
  const waiting = data?.items ?? []
  if (waiting.length === 0) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h6">
        Waits for a decision
      </Title>
      {waiting.map((proposal) => (
        <Waiting key={proposal.proposalId} proposal={proposal} />
      ))}
    </Stack>
  )
}
