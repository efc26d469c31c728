import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { type Proposal, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { Reading } from '../../shared/states.tsx'
import { useDecision } from './use-decision.ts'

// Its fields are a tenth of the first load, and most proposals are decided as they are.
const DraftForm = lazy(async () => ({ default: (await import('./draft-form.tsx')).DraftForm }))

type Step = 'look' | 'edit' | 'reject'

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

/** The decision of a person on what they look at; the server has the last word on whether they may. */
export function DecisionBar({
  proposal,
  onNext,
}: {
  readonly proposal: Proposal
  readonly onNext: () => void
}) {
  const { data: session } = useQuery(sessionQuery)
  const [step, setStep] = useState<Step>('look')
  const { decide, isPending, problem } = useDecision(proposal, onNext)
  const { editable, needsOtherPerson, requestedBy, requiredRole, expiresAt } = proposal
  const mayDecide = session?.scopes.includes('proposals:decide') ?? false
  const isOwn = session?.person.userId === requestedBy.id
  const mustBeOther = needsOtherPerson && isOwn
  const approve = () => {
    if (mayDecide && !mustBeOther && !isPending && step === 'look') decide({ decision: 'approve' })
  }
  useHotkeys([
    ['a', approve],
    ['e', () => editable !== null && mayDecide && setStep('edit')],
    ['r', () => mayDecide && setStep('reject')],
  ])
  if (!mayDecide)
    return (
      <Text size="sm" c="dimmed">
        Your role looks on; the role {requiredRole} decides this.
      </Text>
    )
  return (
    <Stack gap="xs" className={step === 'look' ? 'decision-bar' : ''}>
      {problem !== undefined && (
        <Alert color="red" role="alert" title="Not decided">
          {problem.message}
          {problem.faults.map(({ path, message }) => (
            <Text size="sm" key={`${path} ${message}`}>
              {path}: {message}
            </Text>
          ))}
        </Alert>
      )}
      {step === 'edit' && editable !== null && (
        <Suspense fallback={<Reading rows={4} />}>
          <DraftForm
            schema={editable}
            draft={proposal.draft ?? {}}
            isPending={isPending}
            onSave={(draft) => decide({ decision: 'edit', draft })}
            onCancel={() => setStep('look')}
          />
        </Suspense>
      )}
      {step === 'reject' && (
        <RejectForm
          isPending={isPending}
          onReject={(reason) => decide({ decision: 'reject', reason })}
          onCancel={() => setStep('look')}
        />
      )}
      {step === 'look' && (
        <Group gap="xs">
          <Button size="sm" loading={isPending} disabled={mustBeOther} onClick={approve}>
            Approve
          </Button>
          {editable !== null && (
            <Button size="sm" variant="default" onClick={() => setStep('edit')}>
              Edit
            </Button>
          )}
          <Button size="sm" variant="default" onClick={() => setStep('reject')}>
            Reject
          </Button>
          <Text size="xs" c="dimmed">
            {whoDecides(proposal, isOwn)} Expires <Moment at={expiresAt} isRelative />.
          </Text>
        </Group>
      )}
    </Stack>
  )
}
