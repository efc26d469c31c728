import { Anchor, Badge, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Proposal, proposalQuery } from '../../api/queries.ts'
import { EvidenceList } from '../../shared/evidence-list.tsx'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { placeOf } from '../../shared/places.ts'
import { Read } from '../../shared/read.tsx'
import { actWords, statusWords } from '../../shared/words.ts'
import { Changes } from './changes.tsx'
import { DecisionBar } from './decision-bar.tsx'
import { StaleNotice } from './stale-notice.tsx'

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
  const [edited, setEdited] = useState<Proposal>()
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
        {(isWaiting || status === 'stale') && <StaleNotice proposal={proposal} />}
        {edited === undefined && <Changes changes={changes} />}
        {(isWaiting || edited !== undefined) && (
          <DecisionBar proposal={proposal} edited={edited} onEdit={setEdited} onNext={onNext} />
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
  return (
    <Read query={useQuery(proposalQuery(proposalId))}>
      {(proposal) => <Panel key={proposalId} proposal={proposal} onNext={onNext} />}
    </Read>
  )
}
