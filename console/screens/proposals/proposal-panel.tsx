import { Alert, Anchor, Badge, Group, List, Paper, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Proposal, proposalQuery } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { placeOf } from '../../shared/places.ts'
import { Failed, Reading } from '../../shared/states.tsx'
import { actWords, statusWords } from '../../shared/words.ts'
import { DecisionBar } from './decision-bar.tsx'

function Changes({ changes }: { readonly changes: Proposal['changes'] }) {
  if (changes.length === 0) return null
  return (
    <Table verticalSpacing={6} layout="fixed" className="changes">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="26%">What</Table.Th>
          <Table.Th>Now</Table.Th>
          <Table.Th>Then</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ label, before, after }) => (
          <Table.Tr key={label} style={{ verticalAlign: 'top' }}>
            <Table.Td>{label}</Table.Td>
            {before !== null && <Table.Td className="words before">{before}</Table.Td>}
            <Table.Td className="words" colSpan={before === null ? 2 : 1}>
              {after ?? ''}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function SubjectLink({ subject: { kind, id, label } }: { readonly subject: Proposal['subject'] }) {
  const place = placeOf(kind, id)
  if (place === undefined) return <Text fw={600}>{label}</Text>
  return (
    <Anchor component={Link} to={place} fw={600}>
      {label}
    </Anchor>
  )
}

function AgentWords({ agent }: { readonly agent: NonNullable<Proposal['agent']> }) {
  return (
    <Paper withBorder p="sm" radius="sm">
      <Text size="xs" c="dimmed" mb={4}>
        {agent.words === undefined
          ? `Found by the agent ${agent.agent}.`
          : `Words of the agent ${agent.agent}; the facts are above, these are not.`}
        {agent.isTainted && ' Part of it comes from a text of somebody outside the house.'}
      </Text>
      {agent.words !== undefined && (
        <Text size="sm" fs="italic" className="words">
          {agent.words}
        </Text>
      )}
    </Paper>
  )
}

function History({ proposal }: { readonly proposal: Proposal }) {
  const { decisions, result, requestedBy, createdAt } = proposal
  return (
    <Stack gap={2}>
      <Text size="sm" c="dimmed">
        Asked for by {requestedBy.name} ({requestedBy.kind}) <Moment at={createdAt} />
      </Text>
      {decisions.map(({ decision, by, reason, at, isOwn }) => (
        <Text size="sm" c="dimmed" key={`${decision} ${at}`}>
          {decision} by {by.name} ({by.kind}
          {isOwn === true ? ', their own' : ''}) <Moment at={at} />
          {reason === null ? '' : `: ${reason}`}
        </Text>
      ))}
      {result !== null && <Text size="sm">{result.message}</Text>}
    </Stack>
  )
}

function Panel({ proposal, onNext }: { readonly proposal: Proposal; readonly onNext: () => void }) {
  const { kind, status, subject, title, changes, evidence, money, policyReasons, agent } = proposal
  const isWaiting = status === 'requires_review'
  return (
    <Paper withBorder p="md" component="article" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Group gap="xs">
              <SubjectLink subject={subject} />
              <Badge variant="light">{actWords[kind]}</Badge>
              {!isWaiting && <Badge color="gray">{statusWords[status]}</Badge>}
            </Group>
            <Title order={2} size="h4" mt={4}>
              {title}
            </Title>
          </div>
          {money !== null && (
            <Text fw={700} size="lg" className="figures" style={{ whiteSpace: 'nowrap' }}>
              {moneyText(money.amountMinor, money.currency)}
            </Text>
          )}
        </Group>
        {status === 'stale' && (
          <Alert color="orange" title="Overtaken by events">
            The records changed after this was proposed, so it can no longer be done as shown.
          </Alert>
        )}
        <Changes changes={changes} />
        {isWaiting && (
          <DecisionBar
            key={`${proposal.proposalId} ${proposal.version}`}
            proposal={proposal}
            onNext={onNext}
          />
        )}
        <Title order={3} size="h6">
          Why
        </Title>
        <EvidenceList evidence={evidence} />
        {policyReasons.length > 0 && (
          <>
            <Title order={3} size="h6">
              Why a person decides
            </Title>
            <List size="sm">
              {policyReasons.map((reason) => (
                <List.Item key={reason}>{reason}</List.Item>
              ))}
            </List>
          </>
        )}
        {agent !== null && <AgentWords agent={agent} />}
        <History proposal={proposal} />
      </Stack>
    </Paper>
  )
}

/** One proposal: what would change, the facts, whose words are whose, and the decision. */
export function ProposalPanel({
  proposalId,
  onNext,
}: {
  readonly proposalId: string
  readonly onNext: () => void
}) {
  const { data, error, refetch } = useQuery(proposalQuery(proposalId))
  if (data === undefined && error !== null) return <Failed error={error} again={refetch} />
  if (data === undefined) return <Reading />
  return <Panel proposal={data} onNext={onNext} />
}
