import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { placeOf } from './places.ts'

/** A record as answers and facts name it (`order:ord_…`): a link where a screen shows it, else its name alone. */
export function RecordLink({ record, label }: { readonly record: string; readonly label: string }) {
  const [kind = '', id = ''] = record.split(/:(.*)/s)
  const place = placeOf(kind, id)
  if (place === undefined)
    return (
      <Text size="xs" c="dimmed" span>
        {label}
      </Text>
    )
  return (
    <Anchor component={Link} to={place} size="xs" underline="always">
      {label}
    </Anchor>
  )
}
