import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import {
  type DocumentView,
  documentQuery,
  type MarkedFinding,
} from '../../api/documents-queries.ts'
import { Read } from '../../shared/read.tsx'
import { Nothing } from '../../shared/states.tsx'
import { DocumentFindings } from './document-findings.tsx'
import { DocumentHeader } from './document-header.tsx'
import { Line } from './document-lines.tsx'
import { documentSearch } from './document-search.ts'
import { countText } from './document-words.ts'
import { PlaceLink } from './place-link.tsx'
import { useFindingKeys, useReached, walk } from './use-document-keys.ts'
import './document.css'
import { useKeys } from '../../shared/use-keys.ts'

// How far one goes back at a time in a document that is shown in stretches.
const stretch = 1000

function Stretches({ document }: { readonly document: DocumentView }) {
  const { from, lines, lineCount, bytesLeftOut } = document
  const last = from + lines.length - 1
  if (lines.length === lineCount && bytesLeftOut === 0) return null
  return (
    <Group gap="sm">
      <Text size="sm">
        Lines {countText(from)} to {countText(last)} of {countText(lineCount)}
        {bytesLeftOut > 0 && `; ${countText(bytesLeftOut)} more bytes are only in the download`}
      </Text>
      {from > 1 && (
        <PlaceLink search={{ from: Math.max(1, from - stretch) }}>Earlier lines</PlaceLink>
      )}
      {last < lineCount && <PlaceLink search={{ from: last + 1 }}>Later lines</PlaceLink>}
    </Group>
  )
}

function useFound(document: DocumentView, wanted: string) {
  const [at, setAt] = useState(0)
  const texts = useMemo(
    () =>
      document.lines.map(({ number, parts }) => ({
        number,
        text: parts
          .map(({ text }) => text)
          .join('')
          .toLowerCase(),
      })),
    [document],
  )
  const words = wanted.trim().toLowerCase()
  const found = words === '' ? [] : texts.filter(({ text }) => text.includes(words))
  const place = found.length === 0 ? 0 : at % found.length
  return {
    numbers: new Set(found.map(({ number }) => number)),
    now: found[place]?.number,
    count: found.length,
    place,
    step: (by: 1 | -1) =>
      setAt(found.length === 0 ? 0 : (place + by + found.length) % found.length),
    again: () => setAt(0),
  }
}

type Found = ReturnType<typeof useFound>

function SearchLine({
  field,
  wanted,
  onWanted,
  found,
  list,
}: {
  readonly field: RefObject<HTMLInputElement | null>
  readonly wanted: string
  readonly onWanted: (wanted: string) => void
  readonly found: Found
  readonly list: RefObject<HTMLOListElement | null>
}) {
  const { now } = found
  useEffect(() => {
    list.current?.querySelector(`[data-line="${now}"]`)?.scrollIntoView({ block: 'center' })
  }, [list, now])
  return (
    <Group gap="xs">
      <TextInput
        ref={field}
        size="xs"
        w={{ base: '100%', xs: 240 }}
        aria-label="Search in the document"
        placeholder="Search in the document"
        value={wanted}
        onChange={({ currentTarget }) => {
          onWanted(currentTarget.value)
          found.again()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
          if (event.key === 'Enter') found.step(event.shiftKey ? -1 : 1)
        }}
      />
      <Text size="xs" c="dimmed" role="status">
        {wanted.trim() === ''
          ? ''
          : found.count === 0
            ? 'in no line shown'
            : `${countText(found.place + 1)} of ${countText(found.count)} lines`}
      </Text>
    </Group>
  )
}

function findingsByLine({ findings }: DocumentView): ReadonlyMap<number, MarkedFinding[]> {
  const byLine = new Map<number, MarkedFinding[]>()
  for (const finding of findings) {
    if (finding.line === null) continue
    byLine.set(finding.line, [...(byLine.get(finding.line) ?? []), finding])
  }
  return byLine
}

function keysOf({ findings, format }: DocumentView): string {
  return [
    ...(findings.some(({ line }) => line !== null) ? ['n and p: next and previous finding'] : []),
    '/: search',
    'w: wrap',
    ...(format === 'x12' || format === 'json' ? ['arrows: from element to element'] : []),
  ].join(' · ')
}

function placeWords(target: EventTarget): string | undefined {
  if (!(target instanceof HTMLElement)) return undefined
  const { place, name } = target.closest<HTMLElement>('[data-place]')?.dataset ?? {}
  if (place === undefined || place === 'here') return undefined
  const { position } = target.closest<HTMLElement>('.doc-line')?.dataset ?? {}
  const segment = position === undefined ? undefined : `segment ${position} of its transaction set`
  return [place, name, segment].filter((word) => word !== undefined).join(' · ')
}

function Lines({ document }: { readonly document: DocumentView }) {
  const list = useRef<HTMLOListElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const search = documentSearch(useSearch({ strict: false }))
  const [isWrapped, setWrapped] = useState(true)
  const [wanted, setWanted] = useState('')
  const [where, setWhere] = useState<string>()
  const found = useFound(document, wanted)
  useReached(list, document, search)
  useKeys([
    ['/', () => field.current?.focus()],
    ['w', () => setWrapped(!isWrapped)],
  ])
  const findingsOf = useMemo(() => findingsByLine(document), [document])
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <SearchLine field={field} wanted={wanted} onWanted={setWanted} found={found} list={list} />
        <Button
          size="xs"
          variant="default"
          aria-pressed={isWrapped}
          onClick={() => setWrapped(!isWrapped)}
        >
          {isWrapped ? 'Do not wrap lines' : 'Wrap lines'}
        </Button>
      </Group>
      <Stretches document={document} />
      <ol
        ref={list}
        className="doc"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
        tabIndex={0}
        aria-label="The document"
        data-unwrapped={isWrapped ? undefined : true}
        onKeyDown={walk}
        onMouseOver={({ target }) => setWhere(placeWords(target))}
        onFocus={({ target }) => setWhere(placeWords(target))}
      >
        {document.lines.map((line) => (
          <Line
            key={line.number}
            line={line}
            findings={findingsOf.get(line.number) ?? []}
            found={
              found.numbers.has(line.number)
                ? line.number === found.now
                  ? 'now'
                  : 'too'
                : undefined
            }
          />
        ))}
      </ol>
      <div className="doc-where">
        <Text size="xs" c="dimmed" role="status">
          {where ?? keysOf(document)}
        </Text>
      </div>
    </Stack>
  )
}

/** A document as it was sent, line by line, with what was found in it marked where it stands. */
export function DocumentPage() {
  const documentId = useParams({ strict: false }).documentId ?? ''
  const search = documentSearch(useSearch({ strict: false }))
  const query = useQuery(documentQuery(documentId, search.from))
  useFindingKeys(query.data, search)
  return (
    <Read query={query} rows={12}>
      {(document) => (
        <Stack gap="md">
          <DocumentHeader document={document} />
          <DocumentFindings document={document} chosen={search.mark} />
          {document.format === 'binary' && (
            <Alert color="gray" title="This is no text">
              Its first bytes are shown as they are; the whole of it is in the download.
            </Alert>
          )}
          {document.lineCount === 0 ? (
            <Nothing title="There is nothing in it">Not one character was sent.</Nothing>
          ) : (
            <Lines document={document} />
          )}
        </Stack>
      )}
    </Read>
  )
}
