import { Anchor, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Account, waitingForQuery } from '../../api/collections-queries.ts'
import type { Proposal } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'

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

// Whose amounts a message is about; names and addresses stand in it anyway.
const isFigure = ({ kind }: Account['ledgers'][number]['snapshot']['facts'][number]) =>
  kind === 'money' || kind === 'date' || kind === 'number'

function Snapshot({ ledger }: { readonly ledger: Account['ledgers'][number] }) {
  return (
    <Table verticalSpacing={2} aria-label={`Facts of the ledger in ${ledger.currency}`}>
      <Table.Tbody>
        {ledger.snapshot.facts.filter(isFigure).map(({ key, texts, value }) => (
          <Table.Tr key={key}>
            <Table.Td>
              <Text size="xs" c="dimmed" className="words">
                {key.replaceAll('.', ' ')}
              </Text>
            </Table.Td>
            <Table.Td ta="right">{texts[0] ?? String(value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Waiting({
  proposal,
  account,
}: {
  readonly proposal: Proposal
  readonly account: Account
}) {
  const { proposalId, title, changes, evidence, money, createdAt, requestedBy } = proposal
  const ledger =
    account.ledgers.find(({ currency }) => currency === money?.currency) ?? account.ledgers[0]
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
            What it was written from
          </Title>
          <EvidenceList evidence={evidence} />
          {ledger !== undefined && (
            <>
              <Title order={3} size="h6" mt="sm" mb={4}>
                The ledger now
              </Title>
              <Snapshot ledger={ledger} />
            </>
          )}
        </section>
      </SimpleGrid>
    </Paper>
  )
}

/** What is proposed about a customer and waits: each draft beside the ledger it was written from. */
export function WaitingDrafts({ account }: { readonly account: Account }) {
  const { data } = useQuery(waitingForQuery(account.customerNumber))
  const waiting = data?.items ?? []
  if (waiting.length === 0) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h6">
        Waits for a decision
      </Title>
      {waiting.map((proposal) => (
        <Waiting key={proposal.proposalId} proposal={proposal} account={account} />
      ))}
    </Stack>
  )
}
