import type { ReadSegment } from './segment-reader.ts'

/** A part of a set sorted into its loops: parties (N1), texts (N9), and the plain segments between them. */
export type Loops = {
  readonly plain: readonly ReadSegment[]
  readonly parties: readonly (readonly ReadSegment[])[]
  readonly texts: readonly (readonly ReadSegment[])[]
}

type Part = 'header' | 'line'
type Run = { readonly kind: 'plain' | 'party' | 'text'; readonly segments: ReadSegment[] }

const partyFollowers: Readonly<Record<Part, ReadonlySet<string>>> = {
  header: new Set('N2 N3 N4 NX2 REF PER SI FOB TD1 TD5 TD3 TD4 PKG MSG'.split(' ')),
  line: new Set('N2 N3 N4 NX2 REF PER SI DTM FOB SCH TD1 TD5 TD3 TD4 QTY PKG'.split(' ')),
}
const textFollowers = new Set('MSG DTM MEA PWK EFI'.split(' '))

/** Sorts a header or line into its loops; sub-lines (SLN) and what follows them stay unread. */
export function sortLoops(segments: readonly ReadSegment[], part: Part): Loops {
  const runs: Run[] = []
  for (const segment of segments) {
    if (segment.id === 'SLN') break
    const open = runs.at(-1)
    if (open !== undefined && continues(open, segment.id, part)) open.segments.push(segment)
    else runs.push({ kind: kindOf(segment.id), segments: [segment] })
  }
  const ofKind = (kind: Run['kind']) =>
    runs.filter((run) => run.kind === kind).map((run) => run.segments)
  return { plain: ofKind('plain').flat(), parties: ofKind('party'), texts: ofKind('text') }
}

function kindOf(id: string): Run['kind'] {
  if (id === 'N1') return 'party'
  return id === 'N9' ? 'text' : 'plain'
}

function continues(run: Run, id: string, part: Part): boolean {
  if (id === 'N1' || id === 'N9') return false
  if (run.kind === 'plain') return true
  return (run.kind === 'party' ? partyFollowers[part] : textFollowers).has(id)
}
