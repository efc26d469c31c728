import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ApiProblem } from '../../api/client.ts'
import { type Proposal, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { Reading } from '../../shared/states.tsx'
import { UnsavedWords } from '../../shared/unsaved-words.tsx'
import { useKeys } from '../../shared/use-keys.ts'
import { statusWords } from '../../shared/words.ts'
import { useDecision } from './use-decision.ts'

// Most proposals are decided as they are; the form of the others is loaded when it is first opened.
const DraftForm = lazy(async () => ({ default: (await import('./draft-form.tsx')).DraftForm }))

function whoDecides(
  { needsOtherPerson, requestedBy, requiredRole }: Proposal,
  isOwn: boolean,
): string {
  if (!needsOtherPerson) return `Decided with the role ${requiredRole}.`
  if (isOwn) return 'You asked for it: somebody else decides.'
  return `Decided by somebody other than ${requestedBy.name}, with the role ${requiredRole}.`
}

function RejectForm({
  isPending,
  onReject,
  onCancel,
}: {
  readonly isPending: boolean
  readonly onReject: (reason: string) => void
  readonly onCancel: () => void
}) {
  const [reason, setReason] = useState('')
  return (
    <>
      <UnsavedWords isUnsaved={reason.trim() !== '' && !isPending} />
      <Textarea
        label="Why not?"
        description="Whoever asked reads it."
        autosize
        minRows={2}
        data-autofocus
        autoFocus
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          color="red"
          size="xs"
          loading={isPending}
          disabled={reason.trim() === ''}
          onClick={() => onReject(reason.trim())}
        >
          Reject
        </Button>
        <Button size="xs" variant="default" onClick={onCancel}>
          Back
        </Button>
      </Group>
    </>
  )
}

function NotDecided({ problem }: { readonly problem: ApiProblem }) {
  return (
    <Alert color="red" role="alert" title="Not decided">
      {problem.message}
      {problem.faults.map(({ path, message }) => (
        <Text size="sm" key={`${path} ${message}`}>
          {path}: {message}
        </Text>
      ))}
    </Alert>
  )
}

/** Somebody changed or decided it while its words were being changed: what was typed stays, and can be taken further. */
function Overtaken({
  proposal,
  edited,
  onAgain,
}: {
  readonly proposal: Proposal
  readonly edited: Proposal
  readonly onAgain: (proposal: Proposal) => void
}) {
  if (proposal.status === 'requires_review' && proposal.version === edited.version) return null
  const isOver = proposal.status !== 'requires_review'
  return (
    <Alert color="orange" role="alert" title="It was overtaken while you typed">
      <Text size="sm">
        {isOver
          ? `It is not waiting any more: ${statusWords[proposal.status].toLowerCase()}. Your words stay here until you leave.`
          : 'Somebody changed it meanwhile. Your words stay here; go on with them on what it is now.'}
      </Text>
      {!isOver && (
        <Button size="xs" mt="xs" variant="default" onClick={() => onAgain(proposal)}>
          Go on with my words
        </Button>
      )}
    </Alert>
  )
}

/** What a person does with what they look at: approve it, change its words, reject it. */
function Choices({
  proposal,
  isOwn,
  isPending,
  onApprove,
  onEdit,
  onReject,
}: {
  readonly proposal: Proposal
  readonly isOwn: boolean
  readonly isPending: boolean
  readonly onApprove: () => void
  readonly onEdit: () => void
  readonly onReject: () => void
}) {
  const isForOther = proposal.needsOtherPerson && isOwn
  return (
    <Group gap="xs">
      <Button size="sm" loading={isPending} disabled={isForOther} onClick={onApprove}>
        Approve
      </Button>
      {proposal.editable !== null && (
        <Button size="sm" variant="default" onClick={onEdit}>
          Edit
        </Button>
      )}
      <Button size="sm" variant="default" onClick={onReject}>
        Reject
      </Button>
      <Text size="xs" c="dimmed">
        {whoDecides(proposal, isOwn)} Expires <Moment at={proposal.expiresAt} isRelative />
      </Text>
    </Group>
  )
}

type DecisionBarProps = {
  readonly proposal: Proposal
  /** The proposal as it was when its words were begun to be changed; absent while nobody types. */
  readonly edited: Proposal | undefined
  readonly onEdit: (edited: Proposal | undefined) => void
  readonly onNext: () => void
}

function Editing({ proposal, edited, onEdit }: DecisionBarProps & { readonly edited: Proposal }) {
  const { decide, isPending, problem } = useDecision(edited, () => onEdit(undefined))
  if (edited.editable === null) return null
  return (
    <Stack gap="xs">
      {problem !== undefined && <NotDecided problem={problem} />}
      <Overtaken proposal={proposal} edited={edited} onAgain={onEdit} />
      <Suspense fallback={<Reading />}>
        <DraftForm
          proposal={edited}
          schema={edited.editable}
          isPending={isPending}
          onSave={(draft) => decide({ decision: 'edit', draft })}
          onCancel={() => onEdit(undefined)}
        />
      </Suspense>
    </Stack>
  )
}

function Deciding({
  proposal,
  isOwn,
  onEdit,
  onNext,
}: Omit<DecisionBarProps, 'edited'> & { readonly isOwn: boolean }) {
  // What is rejected is what was looked at when the reason was begun.
  const [looked, setLooked] = useState<Proposal>()
  const { decide, isPending, problem } = useDecision(looked ?? proposal, onNext)
  const isLooking = looked === undefined
  const isForOther = proposal.needsOtherPerson && isOwn
  const approve = () => {
    if (isLooking && !isForOther && !isPending) decide({ decision: 'approve' })
  }
  const edit = () => {
    if (isLooking && proposal.editable !== null) onEdit(proposal)
  }
  useKeys([
    ['a', approve],
    ['e', edit],
    ['r', () => isLooking && setLooked(proposal)],
  ])
  return (
    <Stack gap="xs" className={isLooking ? 'decision-bar' : ''}>
      {problem !== undefined && <NotDecided problem={problem} />}
      {isLooking ? (
        <Choices
          proposal={proposal}
          isOwn={isOwn}
          isPending={isPending}
          onApprove={approve}
          onEdit={edit}
          onReject={() => setLooked(proposal)}
        />
      ) : (
        <>
          <Overtaken proposal={proposal} edited={looked} onAgain={setLooked} />
          <RejectForm
            isPending={isPending}
            onReject={(reason) => decide({ decision: 'reject', reason })}
            onCancel={() => setLooked(undefined)}
          />
        </>
      )}
    </Stack>
  )
}

/** The decision of a person on what they look at; the server has the last word on whether they may. */
export function DecisionBar(props: DecisionBarProps) {
  const { proposal, edited } = props
  const { data: session } = useQuery(sessionQuery)
  if (session?.scopes.includes('proposals:decide') !== true)
    return (
      <Text size="sm" c="dimmed">
        Your role looks on; the role {proposal.requiredRole} decides this.
      </Text>
    )
  if (edited !== undefined) return <Editing {...props} edited={edited} />
  const isOwn = session.person.userId === proposal.requestedBy.id
  return <Deciding key={proposal.proposalId} {...props} isOwn={isOwn} />
}
