import { Group } from '@mantine/core'
import type { ReactNode } from 'react'

/** A row of a list that is read rather than compared: words at the left, figures at the right, a line below. */
export function ListRow({ children }: { readonly children: ReactNode }) {
  return (
    <Group
      align="flex-start"
      justify="space-between"
      gap="xs"
      py="sm"
      px="xs"
      style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
    >
      {children}
    </Group>
  )
}
