import { List, Text, ThemeIcon } from '@mantine/core'
import type { Proposal } from '../api/queries.ts'
import { Moment } from './moment.tsx'
import { RecordLink } from './record-link.tsx'

type Evidence = Proposal['evidence'][number]

const marks = {
  for: { sign: '+', color: 'teal', label: 'For' },
  against: { sign: '−', color: 'orange', label: 'Against' },
  note: { sign: 'i', color: 'gray', label: 'Note' },
} as const

const moment = /(\d{4}-\d\d-\d\dT[\d:.]+Z)(.*)/s

/** A sentence of a rule; the moments in it are shown in the reader's own zone. */
export function Sentence({ text }: { readonly text: string }) {
  const found = moment.exec(text)
  if (found === null) return text
  const [whole, at = '', rest = ''] = found
  return (
    <>
      {text.slice(0, -whole.length)}
      <Moment at={at} />
      <Sentence text={rest} />
    </>
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
            <Sentence text={text} />{' '}
            {source !== undefined && <RecordLink record={source} label={source} />}
          </List.Item>
        )
      })}
    </List>
  )
}
