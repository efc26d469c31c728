import { Badge, Box, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Moment } from './moment.tsx'

/** What was worked out when the page asked: set apart, so that nobody takes it for what was decided then. */
export function WorkedOutNow({
  at,
  isBesideRecord = false,
  children,
}: {
  readonly at: string
  /** What was decided then stands beside it. */
  readonly isBesideRecord?: boolean
  readonly children: ReactNode
}) {
  return (
    <Box className="worked-out" p="xs">
      <Badge size="xs" variant="outline" color="gray" mb={4}>
        Worked out now
      </Badge>{' '}
      <Text size="xs" c="dimmed" span>
        as of <Moment at={at} />
        {isBesideRecord && ', not what was decided then'}
      </Text>
      {children}
    </Box>
  )
}

/** More than one needs at a glance: opened by whoever wants it. */
export function Fold({
  label,
  isOpen = false,
  children,
}: {
  readonly label: string
  readonly isOpen?: boolean
  readonly children: ReactNode
}) {
  return (
    <details className="fold" open={isOpen}>
      <summary>{label}</summary>
      <Box pt={4}>{children}</Box>
    </details>
  )
}
