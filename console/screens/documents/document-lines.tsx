import { Text } from '@mantine/core'
import { memo } from 'react'
import type { DocumentLine, MarkedFinding } from '../../api/documents-queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { countText, severities } from './document-words.ts'

type Part = DocumentLine['parts'][number]
type Findings = readonly MarkedFinding[]

const loudness = ['error', 'warning', 'note'] as const

function loudest(findings: Findings): MarkedFinding['severity'] | undefined {
  return loudness.find((severity) => findings.some((finding) => finding.severity === severity))
}

/** The amount a finding is about, where it is about money. */
export function Amount({ finding }: { readonly finding: MarkedFinding }) {
  const { deltaMinor, currency } = finding
  if (deltaMinor === undefined || currency === undefined || deltaMinor === 0) return null
  return <> ({moneyText(deltaMinor, currency)})</>
}

const leftOutText = (count: number, what: string) => `… ${countText(count)} more ${what}`

function Piece({
  part,
  findings,
  isPlain,
}: {
  readonly part: Part
  readonly findings: Findings
  /** A line of text, where nothing stands between anything. */
  readonly isPlain: boolean
}) {
  const { text, place, name, leftOut } = part
  const rest =
    leftOut === undefined ? null : (
      <span className="doc-between">{leftOutText(leftOut, 'characters')}</span>
    )
  const severity = loudest(findings)
  if (place === undefined && severity === undefined)
    return (
      <>
        <span className={isPlain ? undefined : 'doc-between'}>{text}</span>
        {rest}
      </>
    )
  const title = name === undefined ? place : `${place} ${name}`
  const shared = { tabIndex: -1, title, 'data-place': place ?? 'here', 'data-name': name }
  if (severity === undefined) {
    const isSegment = place !== undefined && place === text
    return (
      <>
        <span {...shared} className={isSegment ? 'doc-segment' : undefined}>
          {text}
        </span>
        {rest}
      </>
    )
  }
  return (
    <>
      <mark
        {...shared}
        className="doc-mark"
        data-severity={severity}
        data-marks={findings.map(({ mark }) => mark).join(' ')}
        aria-describedby={findings.map(({ mark }) => `finding-${mark}`).join(' ')}
      >
        {text}
      </mark>
      {rest}
    </>
  )
}

function Said({ finding }: { readonly finding: MarkedFinding }) {
  const { mark, severity, place, message } = finding
  const { color, sign, word } = severities[severity]
  return (
    <Text
      size="sm"
      c={color === 'gray' ? 'dimmed' : color}
      id={`finding-${mark}`}
      className="words"
    >
      <b aria-hidden>{sign}</b> {word}
      {place === null ? '' : ` at ${place}`}: {message}
      <Amount finding={finding} />
    </Text>
  )
}

type Shown = {
  readonly line: DocumentLine
  readonly findings: Findings
  /** Whether the line holds what is searched for; `now` is the one that is looked at. */
  readonly found: 'now' | 'too' | undefined
}

function LineOf({ line, findings, found }: Shown) {
  const { number, indent, parts, marks, leftOut, position } = line
  const of = (wanted: readonly number[]) => findings.filter(({ mark }) => wanted.includes(mark))
  const severity = loudest(findings)
  const isPlain = parts.every(({ place }) => place === undefined)
  return (
    <li
      className="doc-line"
      data-line={number}
      data-position={position}
      data-marked={severity}
      data-found={found}
      {...(marks.length === 0 ? {} : { 'data-marks': marks.join(' '), tabIndex: -1 })}
    >
      <span className="doc-number">{number}</span>
      <div className="doc-text" style={{ paddingInlineStart: `${0.6 + Math.min(indent, 12)}rem` }}>
        <span
          className={marks.length > 0 ? 'doc-whole' : undefined}
          data-severity={loudest(of(marks))}
        >
          {parts.map((part, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change their places
            <Piece key={place} part={part} findings={of(part.marks)} isPlain={isPlain} />
          ))}
        </span>
        {leftOut !== undefined && (
          <span className="doc-between">{leftOutText(leftOut, 'elements')}</span>
        )}
        {findings.length > 0 && (
          <div className="doc-said">
            {findings.map((finding) => (
              <Said key={finding.mark} finding={finding} />
            ))}
          </div>
        )}
      </div>
    </li>
  )
}

/** A line of a document: its number, its parts, and below it what was found in it. */
export const Line = memo(
  LineOf,
  (before, after) =>
    before.line === after.line &&
    before.found === after.found &&
    before.findings.length === after.findings.length,
)
