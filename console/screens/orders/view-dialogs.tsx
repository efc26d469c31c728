import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { OrderView } from '../../api/orders-queries.ts'

type Naming = {
  readonly name: string
  readonly mayShare: boolean
  readonly failure: string | undefined
  readonly onName: (name: string, isShared: boolean) => Promise<void>
}

function NameForm({ name: before, mayShare, failure, onName }: Naming) {
  const [name, setName] = useState(before)
  const [isShared, setShared] = useState(false)
  const [isBusy, setBusy] = useState(false)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setBusy(true)
        // What the server refuses is said below, and the dialog stays.
        onName(name.trim(), isShared).catch(() => setBusy(false))
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          data-autofocus
          maxLength={60}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {mayShare && (
          <Checkbox
            label="Share with everybody here"
            checked={isShared}
            onChange={({ currentTarget }) => setShared(currentTarget.checked)}
          />
        )}
        {failure !== undefined && (
          <Text size="sm" c="red" role="alert">
            {failure}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" size="xs" loading={isBusy} disabled={name.trim() === ''}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Asks what a view is to be called. */
export function NameDialog({
  title,
  isOpen,
  onClose,
  ...naming
}: Naming & {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size="sm">
      <NameForm {...naming} />
    </Modal>
  )
}

/** Asks whether a view is really to go. */
export function RemoveDialog({
  view,
  isOpen,
  onClose,
  onRemove,
}: {
  readonly view: OrderView
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onRemove: () => Promise<void>
}) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Remove “${view.name}”?`} size="sm">
      <Stack gap="sm">
        <Text size="sm">
          {view.isShared ? 'Nobody here will have it any longer.' : 'Only you have it.'} The orders
          stay as they are.
        </Text>
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button size="xs" color="red" data-autofocus onClick={() => void onRemove()}>
            Remove
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
