import { Group, Progress, Stack, Text } from '@mantine/core'
import type { Ageing } from '../../api/collections-queries.ts'
import { moneyText } from '../../shared/money.tsx'

// From not due to long overdue; every sum also stands in words below, so that the colour says nothing alone.
const bucketColors = ['teal.6', 'yellow.5', 'orange.5', 'orange.8', 'red.6', 'red.9']

const bucketText = (bucket: string): string =>
  bucket === 'current' ? 'Not due' : `${bucket.replace('-', '–')} days`

function Sum({
  label,
  amount,
  color,
}: {
  readonly label: string
  readonly amount: string
  readonly color?: string
}) {
  return (
    <Group gap={6} wrap="nowrap">
      {color !== undefined && (
        <span
          aria-hidden
          style={{
            width: 10,
            height: 10,
            borderRadius: 2,
            background: `var(--mantine-color-${color.replace('.', '-')})`,
          }}
        />
      )}
      <div>
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <Text size="sm" className="figures" style={{ whiteSpace: 'nowrap' }}>
          {amount}
        </Text>
      </div>
    </Group>
  )
}

/** What is owed by days past due, as one bar and in figures; what is disputed stands apart. */
export function AgeingBar({
  ageing,
  currency,
}: {
  readonly ageing: Ageing
  readonly currency: string
}) {
  const { buckets, disputedMinor, promisedMinor, unappliedMinor, creditsMinor } = ageing
  const parts = [
    ...Object.entries(buckets).map(([bucket, minor], place) => ({
      label: bucketText(bucket),
      minor,
      color: bucketColors[place] ?? 'red.9',
    })),
    { label: 'Disputed', minor: disputedMinor, color: 'grape.6' },
  ]
  const whole = parts.reduce((sum, { minor }) => sum + Math.max(0, minor), 0)
  const beside = [
    ['Promised', promisedMinor],
    ['Cash not matched', unappliedMinor],
    ['Credits', creditsMinor],
  ] as const
  return (
    <Stack gap="xs">
      <Progress.Root size={22} aria-hidden>
        {parts
          .filter(({ minor }) => minor > 0)
          .map(({ label, minor, color }) => (
            <Progress.Section
              key={label}
              value={(minor / whole) * 100}
              color={color}
              withAria={false}
            />
          ))}
      </Progress.Root>
      <Group gap="lg">
        {parts.map(({ label, minor, color }) => (
          <Sum key={label} label={label} color={color} amount={moneyText(minor, currency)} />
        ))}
        {beside
          .filter(([, minor]) => minor !== 0)
          .map(([label, minor]) => (
            <Sum key={label} label={label} amount={moneyText(minor, currency)} />
          ))}
      </Group>
    </Stack>
  )
}
