import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { UnsavedWords } from '../../shared/unsaved-words.tsx'

/**
 * A form in which a person records something. A click beside it closes nothing, and once something is typed neither does
 * Escape, and the page is not left without asking: so that no word is lost.
 */
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
  const [isTyped, setTyped] = useState(false)
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (isComplete && !isPending) onSubmit()
  }
  return (
    <>
      <Modal
        opened
        onClose={onClose}
        title={title}
        closeOnClickOutside={false}
        closeOnEscape={!isTyped}
        size="md"
      >
        <form onSubmit={send} onChange={() => setTyped(true)} noValidate>
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
      <UnsavedWords isUnsaved={isTyped && !isPending} />
    </>
  )
}
