import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'

/** A form in which a person records something; a click beside it closes nothing, so that no word is lost. */
export function RecordModal({
  title,
  submit,
  isComplete,
  isPending,
  problem,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: string
  /** What the button says that records it. */
  readonly submit: string
  readonly isComplete: boolean
  readonly isPending: boolean
  readonly problem: Error | undefined
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (isComplete && !isPending) onSubmit()
  }
  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={false} size="md">
      <form onSubmit={send} noValidate>
        <Stack gap="sm">
          {children}
          {problem !== undefined && (
            <Alert color="red" role="alert" title="Not recorded">
              {problem.message}
            </Alert>
          )}
          <Group gap="xs">
            <Button type="submit" size="sm" loading={isPending} disabled={!isComplete}>
              {submit}
            </Button>
            <Button size="sm" variant="default" onClick={onClose}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
