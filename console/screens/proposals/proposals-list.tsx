import { Badge, Checkbox, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Proposal } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { moneyText } from '../../shared/money.tsx'
import { actWords, statusWords } from '../../shared/words.ts'

function Row({
  proposal,
  isChosen,
  isMarked,
  onOpen,
  onMark,
}: {
  readonly proposal: Proposal
  readonly isChosen: boolean
  readonly isMarked: boolean
  readonly onOpen: () => void
  readonly onMark: () => void
}) {
  const { subject, title, kind, money, requestedBy, agent, expiresAt, status } = proposal
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const isWaiting = status === 'requires_review'
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
      {isWaiting && (
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
          <Badge size="xs" variant="light">
            {actWords[kind]}
          </Badge>
          {agent?.isTainted === true && (
            <Badge size="xs" color="orange" variant="light">
              outside text
            </Badge>
          )}
          <Text size="xs" c="dimmed">
            {agent?.agent ?? requestedBy.name} ·{' '}
            {isWaiting ? (
              <>
                expires <Moment at={expiresAt} isRelative />
              </>
            ) : (
              statusWords[status]
            )}
          </Text>
        </Group>
      </UnstyledButton>
    </Group>
  )
}

/** The proposals as a list that keys and a thumb work through. */
export function ProposalsList({
  items,
  chosen,
  marked,
  onMark,
  onOpen,
  isCut,
}: {
  readonly items: readonly Proposal[]
  readonly chosen: string | undefined
  readonly marked: readonly string[]
  readonly onMark: (marked: readonly string[]) => void
  readonly onOpen: (proposalId: string) => void
  readonly isCut: boolean
}) {
  return (
    <Stack gap={0} component="section" aria-label="Proposals">
      {items.map((proposal) => {
        const { proposalId } = proposal
        const isMarked = marked.includes(proposalId)
        return (
          <Row
            key={proposalId}
            proposal={proposal}
            isChosen={proposalId === chosen}
            isMarked={isMarked}
            onOpen={() => onOpen(proposalId)}
            onMark={() =>
              onMark(isMarked ? marked.filter((id) => id !== proposalId) : [...marked, proposalId])
            }
          />
        )
      })}
      {isCut && (
        <Text size="xs" c="dimmed" p="xs">
          The newest 200 are shown; older ones follow as these are decided.
        </Text>
      )}
    </Stack>
  )
}
