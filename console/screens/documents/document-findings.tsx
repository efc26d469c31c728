import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import type { DocumentView, MarkedFinding } from '../../api/documents-queries.ts'
import { Amount } from './document-lines.tsx'
import { documentSearch } from './document-search.ts'
import { countText, originWords, severities } from './document-words.ts'
import { PlaceLink } from './place-link.tsx'
import { reachMark } from './use-document-keys.ts'

function Where({ finding }: { readonly finding: MarkedFinding }) {
  const { mark, line, place } = finding
  const { from } = documentSearch(useSearch({ strict: false }))
  if (line === null) return null
  const where = place === null ? '' : `, ${place}`
  return (
    <PlaceLink
      search={{ ...(from === undefined ? {} : { from }), mark }}
      onGo={() => reachMark(mark)}
    >
      line {countText(line)}
      {where}
    </PlaceLink>
  )
}

function Entry({
  finding,
  isChosen,
}: {
  readonly finding: MarkedFinding
  readonly isChosen: boolean
}) {
  const { severity, message, origin, code } = finding
  const { color, word } = severities[severity]
  return (
    <li className={isChosen ? 'row-chosen' : undefined} style={{ padding: '2px 8px' }}>
      <Group gap="xs" align="baseline">
        <Badge size="sm" variant="light" color={color}>
          {word}
        </Badge>
        <Where finding={finding} />
        <Text size="sm" className="words" flex="1 1 240px">
          {message}
          <Amount finding={finding} />{' '}
          <Text size="xs" c="dimmed" span>
            {originWords[origin]}, {code}
          </Text>
        </Text>
      </Group>
    </li>
  )
}

function List({
  title,
  findings,
  chosen,
}: {
  readonly title: string
  readonly findings: readonly MarkedFinding[]
  readonly chosen: number | undefined
}) {
  if (findings.length === 0) return null
  return (
    <section aria-label={title}>
      <Title order={2} size="h6" mb={4}>
        {title}
      </Title>
      <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {findings.map((finding) => (
          <Entry key={finding.mark} finding={finding} isChosen={finding.mark === chosen} />
        ))}
      </ol>
    </section>
  )
}

/** Everything that was found, each with the way to its place; what has no place in the document stands apart. */
export function DocumentFindings({
  document,
  chosen,
}: {
  readonly document: DocumentView
  readonly chosen: number | undefined
}) {
  const { findings, findingsLeftOut } = document
  if (findings.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing was found in it.
      </Text>
    )
  const placed = findings.filter(({ line }) => line !== null)
  const title = placed.length === 1 ? 'One finding' : `${countText(placed.length)} findings`
  return (
    <Paper withBorder p="sm">
      <Stack
        gap="sm"
        mah="32vh"
        style={{ overflow: 'auto' }}
        tabIndex={0}
        role="region"
        aria-label="Findings"
      >
        <List title={title} findings={placed} chosen={chosen} />
        <List
          title="About the whole, at no place of it"
          findings={findings.filter(({ line }) => line === null)}
          chosen={chosen}
        />
        {findingsLeftOut > 0 && (
          <Text size="sm" c="dimmed">
            {countText(findingsLeftOut)} more are not named here.
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
