import { Badge, Checkbox, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Proposal } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { actWords, statusWords } from '../../shared/words.ts'

// What expires within so long is pressing.
const soonMs = 4 * 3_600_000

const isSoon = ({ expiresAt }: Proposal): boolean => Date.parse(expiresAt) - Date.now() < soonMs

/** What tells one row from another at a glance: four eyes, own wishes, text from outside. */
function Marks({ proposal, userId }: { readonly proposal: Proposal; readonly userId: string }) {
  const { kind, agent, needsOtherPerson, requestedBy, status } = proposal
  const isWaiting = status === 'requires_review'
  const marks = [
    ...(isWaiting && needsOtherPerson ? (['four eyes'] as const) : []),
    ...(requestedBy.id === userId ? (['you asked for it'] as const) : []),
    ...(agent?.isTainted === true ? (['outside text'] as const) : []),
  ]
  return (
    <>
      <Badge size="xs" variant="light">
        {actWords[kind]}
      </Badge>
      {marks.map((mark) => (
        <Badge
          key={mark}
          size="xs"
          variant={mark === 'outside text' ? 'light' : 'outline'}
          color={mark === 'outside text' ? 'orange' : 'gray'}
        >
          {mark}
        </Badge>
      ))}
    </>
  )
}

function Expiry({ proposal }: { readonly proposal: Proposal }) {
  const { status, expiresAt, decidedAt, finishedAt } = proposal
  const endedAt = finishedAt ?? decidedAt
  if (status === 'requires_review')
    return (
      <Text size="xs" c={isSoon(proposal) ? 'orange' : 'dimmed'} fw={isSoon(proposal) ? 700 : 400}>
        expires <Moment at={expiresAt} isRelative />
      </Text>
    )
  return (
    <Text size="xs" c={status === 'failed' || status === 'stale' ? 'orange' : 'dimmed'}>
      {statusWords[status]}
      {endedAt === null ? '' : ' '}
      {endedAt !== null && <Moment at={endedAt} isRelative />}
    </Text>
  )
}

function Row({
  proposal,
  userId,
  isChosen,
  isMarked,
  onOpen,
  onMark,
}: {
  readonly proposal: Proposal
  readonly userId: string
  readonly isChosen: boolean
  readonly isMarked: boolean
  readonly onOpen: () => void
  readonly onMark: (() => void) | undefined
}) {
  const { subject, title, money, requestedBy, agent } = proposal
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  return (
    <Group
      ref={row}
      wrap="nowrap"
      align="flex-start"
      gap="sm"
      p="xs"
      className={isChosen ? 'row-chosen' : ''}
      style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
    >
      {onMark !== undefined && (
        <Checkbox
          mt={2}
          size="xs"
          checked={isMarked}
          onChange={onMark}
          aria-label={`Mark: ${title}`}
        />
      )}
      <UnstyledButton
        onClick={onOpen}
        flex={1}
        miw={0}
        aria-current={isChosen ? 'true' : undefined}
      >
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" fw={600} truncate>
            {subject.label}
          </Text>
          {money !== null && (
            <Text size="sm" className="figures" style={{ whiteSpace: 'nowrap' }}>
              {moneyText(money.amountMinor, money.currency)}
            </Text>
          )}
        </Group>
        <Text size="sm" lineClamp={2}>
          {title}
        </Text>
        <Group gap={6} mt={2}>
          <Marks proposal={proposal} userId={userId} />
          <Text size="xs" c="dimmed">
            {agent?.agent ?? requestedBy.name}
          </Text>
          <Expiry proposal={proposal} />
        </Group>
      </UnstyledButton>
    </Group>
  )
}

/** The proposals as a list that keys and a thumb work through. */
export function ProposalsList({
  items,
  userId,
  chosen,
  marked,
  onMark,
  onOpen,
}: {
  readonly items: readonly Proposal[]
  /** Who reads the list. */
  readonly userId: string
  readonly chosen: string | undefined
  /** Those that are marked to be decided together. */
  readonly marked: ReadonlySet<string>
  /** Marks one, or takes its mark away; absent for whoever decides nothing. */
  readonly onMark: ((proposal: Proposal) => void) | undefined
  readonly onOpen: (proposalId: string) => void
}) {
  return (
    <Stack gap={0} component="section" aria-label="Proposals">
      {items.map((proposal) => {
        const { proposalId, status } = proposal
        const mayMark = onMark !== undefined && status === 'requires_review'
        return (
          <Row
            key={proposalId}
            proposal={proposal}
            userId={userId}
            isChosen={proposalId === chosen}
            isMarked={marked.has(proposalId)}
            onOpen={() => onOpen(proposalId)}
            onMark={mayMark ? () => onMark(proposal) : undefined}
          />
        )
      })}
    </Stack>
  )
}
