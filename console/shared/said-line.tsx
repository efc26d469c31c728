import { Group, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

/** One line in which a person says why or what, with the buttons that act on it. */
export function SaidLine({
  label,
  value,
  onChange,
  error,
  children,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Why the server did not do it. */
  readonly error: Error | null
  readonly children: ReactNode
}) {
  return (
    <Group gap="xs" align="flex-end">
      <TextInput
        size="xs"
        flex="1 1 200px"
        maw={420}
        label={label}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        error={error?.message}
      />
      {children}
    </Group>
  )
}
