import { Button, Group } from '@mantine/core'
import type { Account, Reply } from '../../api/collections-queries.ts'
import { DisputeForm, PromiseForm, StopForm } from './record-forms.tsx'

/** Which form is open on an account, and what it follows from. */
export type OpenForm =
  | { readonly form: 'promise' | 'dispute'; readonly reply?: Reply }
  | { readonly form: 'stop'; readonly kind?: Account['stops'][number]['kind'] }

/** The form that is open, if one is. */
export function AccountForm({
  account,
  open,
  onClose,
}: {
  readonly account: Account
  readonly open: OpenForm | undefined
  readonly onClose: () => void
}) {
  if (open === undefined) return null
  switch (open.form) {
    case 'promise':
      return <PromiseForm account={account} reply={open.reply} onClose={onClose} />
    case 'dispute':
      return <DisputeForm account={account} reply={open.reply} onClose={onClose} />
    case 'stop':
      return <StopForm account={account} kind={open.kind} onClose={onClose} />
  }
}

/** What a collector records on an account. */
export function AccountActs({ onOpen }: { readonly onOpen: (form: OpenForm) => void }) {
  return (
    <Group gap="xs" role="toolbar" aria-label="Record">
      <Button size="xs" variant="default" onClick={() => onOpen({ form: 'promise' })}>
        Record a promise
      </Button>
      <Button size="xs" variant="default" onClick={() => onOpen({ form: 'dispute' })}>
        Record a dispute
      </Button>
      <Button size="xs" variant="default" onClick={() => onOpen({ form: 'stop' })}>
        Stop writing
      </Button>
    </Group>
  )
}
