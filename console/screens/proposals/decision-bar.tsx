import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Proposal, sessionQuery } from '../../api/queries.ts'
import { Moment } from '../../shared/moment.tsx'
import { DraftForm } from './draft-form.tsx'
import { useDecision } from './use-decision.ts'

type Step = 'look' | 'edit' | 'reject'

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
  const [reason, setReason] = useState('')
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
        <DraftForm
          schema={editable}
          draft={proposal.draft ?? {}}
          isPending={isPending}
          onSave={(draft) => decide({ decision: 'edit', draft })}
          onCancel={() => setStep('look')}
        />
      )}
      {step === 'reject' && (
        <>
          <Textarea
            label="Why not?"
            description="Whoever asked reads it, and the agents learn from it."
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
              onClick={() => decide({ decision: 'reject', reason: reason.trim() })}
            >
              Reject
            </Button>
            <Button size="xs" variant="default" onClick={() => setStep('look')}>
              Back
            </Button>
          </Group>
        </>
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
            {mustBeOther
              ? 'You asked for it: somebody else decides.'
              : needsOtherPerson
                ? `Decided by somebody other than ${requestedBy.name}, with the role ${requiredRole}.`
                : `Decided with the role ${requiredRole}.`}{' '}
            Expires <Moment at={expiresAt} isRelative />.
          </Text>
        </Group>
      )}
    </Stack>
  )
}
