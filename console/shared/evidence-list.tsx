import { List, Text, ThemeIcon } from '@mantine/core'
import type { Proposal } from '../api/queries.ts'
import { RecordLink } from './record-link.tsx'

type Evidence = Proposal['evidence'][number]

const marks = {
  for: { sign: '+', color: 'teal', label: 'For' },
  against: { sign: '−', color: 'orange', label: 'Against' },
  note: { sign: 'i', color: 'gray', label: 'Note' },
} as const

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
            {text} {source !== undefined && <RecordLink record={source} label={source} />}
          </List.Item>
        )
      })}
    </List>
  )
}
