import { Button, Group, Modal, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'

/** Asks before a page with words that nobody has kept is left, also where the browser closes it. */
export function UnsavedWords({ isUnsaved }: { readonly isUnsaved: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => isUnsaved,
    enableBeforeUnload: () => isUnsaved,
    withResolver: true,
  })
  return (
    <Modal
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      title="Your words are not kept yet"
      size="sm"
    >
      <Text size="sm" mb="md">
        If you leave now, what you typed is lost.
      </Text>
      <Group gap="xs">
        <Button size="xs" data-autofocus onClick={() => reset?.()}>
          Stay
        </Button>
        <Button size="xs" variant="default" onClick={() => proceed?.()}>
          Leave without them
        </Button>
      </Group>
    </Modal>
  )
}
