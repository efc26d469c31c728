import { Text } from '@mantine/core'
import type { Proposal } from '../../api/queries.ts'

type Changes = Proposal['changes']

const linesOf = (text: string | null): string[] =>
  (text ?? '').split('\n').filter((line) => line.trim() !== '')

function Lines({
  lines,
  sign,
  words,
}: {
  readonly lines: readonly string[]
  readonly sign: string
  readonly words: string
}) {
  return lines.map((line) => (
    <Text
      key={line}
      size="sm"
      className="words"
      {...(sign === '−' ? { c: 'dimmed', td: 'line-through' } : {})}
    >
      <span aria-hidden>{sign} </span>
      <span className="unseen">{words}: </span>
      {line}
    </Text>
  ))
}

/** What a draft takes away from a proposal and adds to it, line by line; what stays is not said again. */
export function DraftDiff({
  before,
  after,
}: {
  readonly before: Changes
  readonly after: Changes
}) {
  const was = new Map(before.map((change) => [change.label, change.after]))
  const changed = after.filter((change) => was.get(change.label) !== change.after)
  return changed.map((change) => {
    const [old, fresh] = [linesOf(was.get(change.label) ?? null), linesOf(change.after)]
    return (
      <div key={change.label}>
        <Text size="xs" c="dimmed" mt={6}>
          {change.label}
        </Text>
        <Lines
          lines={[...new Set(old.filter((line) => !fresh.includes(line)))]}
          sign="−"
          words="Taken away"
        />
        <Lines
          lines={[...new Set(fresh.filter((line) => !old.includes(line)))]}
          sign="+"
          words="Added"
        />
      </div>
    )
  })
}
