import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { SaidLine } from '../../shared/said-line.tsx'
import { useRecording } from './use-recording.ts'

/** Ends something that stands on an account: first how, then why, in one line. */
export function Settle<How extends string>({
  label,
  choices,
  settle,
  done,
}: {
  /** What the button says that begins it. */
  readonly label: string
  readonly choices: readonly (readonly [how: How, label: string])[]
  readonly settle: (how: How, reason: string) => Promise<unknown>
  readonly done: string
}) {
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const { record, isPending, faultOf, problem } = useRecording({
    record: (how: How) => settle(how, reason.trim()),
    done,
    onDone: () => setOpen(false),
  })
  if (!isOpen)
    return (
      <Button size="xs" variant="default" mt={6} onClick={() => setOpen(true)}>
        {label}
      </Button>
    )
  const fault = faultOf('reason')
  const error = fault === undefined ? (problem ?? null) : new Error(fault)
  return (
    <Group mt={6}>
      <SaidLine label="Why" value={reason} onChange={setReason} error={error}>
        {choices.map(([how, words]) => (
          <Button
            key={how}
            size="xs"
            disabled={reason.trim() === ''}
            loading={isPending}
            onClick={() => record(how)}
          >
            {words}
          </Button>
        ))}
        <Button size="xs" variant="default" onClick={() => setOpen(false)}>
          Back
        </Button>
      </SaidLine>
    </Group>
  )
}
