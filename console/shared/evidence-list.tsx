import { Anchor, List, Text, ThemeIcon } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Proposal } from '../api/queries.ts'
import { placeOf } from './places.ts'

type Evidence = Proposal['evidence'][number]

const marks = {
  for: { sign: '+', color: 'teal', label: 'For' },
  against: { sign: '−', color: 'orange', label: 'Against' },
  note: { sign: 'i', color: 'gray', label: 'Note' },
} as const

function Source({ source }: { readonly source: string }) {
  const [kind = '', id = ''] = source.split(/:(.*)/s)
  const place = placeOf(kind, id)
  if (place === undefined)
    return (
      <Text size="xs" c="dimmed" span>
        {source}
      </Text>
    )
  return (
    <Anchor component={Link} to={place} size="xs">
      {source}
    </Anchor>
  )
}

/** The facts something rests on, for and against, each with the record it is from. */
export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  if (evidence.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No facts are on record for it.
      </Text>
    )
  return (
    <List size="sm" spacing={4} center={false}>
      {evidence.map(({ weighs, text, source }) => {
        const { sign, color, label } = marks[weighs]
        return (
          <List.Item
            key={`${weighs} ${text}`}
            icon={
              <ThemeIcon size={18} radius="xl" color={color} variant="light" aria-label={label}>
                <Text size="xs" fw={700}>
                  {sign}
                </Text>
              </ThemeIcon>
            }
          >
            {text} {source !== undefined && <Source source={source} />}
          </List.Item>
        )
      })}
    </List>
  )
}
