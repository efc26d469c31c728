import { Paper, SimpleGrid, Text } from '@mantine/core'

/** Figures that are read at a glance, each with what it is; what is not known says so. */
export function Figures({
  figures,
}: {
  readonly figures: readonly (readonly [label: string, value: string | null])[]
}) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="xs">
      {figures.map(([label, value]) => (
        <Paper key={label} withBorder p="xs">
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text fw={600} className="figures">
            {value ?? 'not known yet'}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  )
}
