import { checkSegment, type ElementFault } from './check-segment.ts'
import type { Guide, Use } from './guide.ts'
import { otherSegments } from './guides/guides.ts'
import type { Separators, X12Segment } from './tokenizer.ts'

/** One wrong segment of a transaction set: code of AK304, position with ST = 1, and its wrong elements. */
export type SegmentFault = {
  readonly segment: string
  readonly position: number
  readonly code: string
  readonly offset: number
  readonly elements: readonly ElementFault[]
}

/** Checks a transaction set, ST to SE, against its guide: order, loops, counts, mandatory parts, elements. */
export function checkSet(
  segments: readonly X12Segment[],
  guide: Guide,
  separators: Separators,
): SegmentFault[] {
  const lastPositions = new Map(segments.map((segment, index) => [segment.id, index + 1]))
  const walk: Walk = { frames: [openFrame(guide.uses)], faults: [], guide, lastPositions }
  segments.forEach((segment, index) => {
    placeSegment(walk, segment, index + 1)
    const rule = guide.segments.get(segment.id)
    const elements = rule === undefined ? [] : checkSegment(segment, rule, separators)
    if (elements.length > 0) walk.faults.push({ ...faultOf(segment, index + 1, '8'), elements })
  })
  const last = segments.at(-1)
  const end = { position: segments.length + 1, offset: last?.offset ?? 0 }
  while (walk.frames.length > 0) closeFrame(walk, end)
  return walk.faults.sort((a, b) => a.position - b.position)
}

type Frame = { readonly uses: readonly Use[]; at: number; count: number }
type Walk = {
  readonly frames: Frame[]
  readonly faults: SegmentFault[]
  readonly guide: Guide
  /** Where each segment id stands for the last time. */
  readonly lastPositions: ReadonlyMap<string, number>
}
type Place = { readonly position: number; readonly offset: number }

function openFrame(uses: readonly Use[]): Frame {
  return { uses, at: 0, count: 0 }
}

function faultOf(segment: X12Segment, position: number, code: string): SegmentFault {
  return { segment: segment.id, position, code, offset: segment.offset, elements: [] }
}

// The innermost loop that still has a place for the segment takes it; the loops inside it are over.
function placeSegment(walk: Walk, segment: X12Segment, position: number): void {
  const level = walk.frames.findLastIndex((frame) => indexFor(frame, segment.id) >= 0)
  if (level < 0 || isTooEarly(walk, level, segment.id, position)) {
    walk.faults.push(faultOf(segment, position, misplacement(walk, segment.id)))
    return
  }
  while (walk.frames.length > level + 1) closeFrame(walk, { position, offset: segment.offset })
  const frame = walk.frames[level]
  if (frame !== undefined) takeSegment(walk, frame, segment, position)
}

// A segment that would step over a mandatory part still to come is the one out of order, not all that follows.
function isTooEarly(walk: Walk, level: number, id: string, position: number): boolean {
  const frame = walk.frames[level]
  if (frame === undefined) return false
  const skipped = frame.uses.slice(frame.count > 0 ? frame.at + 1 : frame.at, indexFor(frame, id))
  return skipped.some((use) => use.isMandatory && (walk.lastPositions.get(use.id) ?? 0) > position)
}

function indexFor(frame: Frame, id: string): number {
  return frame.uses.findIndex((use, index) => index >= frame.at && use.id === id)
}

function takeSegment(walk: Walk, frame: Frame, segment: X12Segment, position: number): void {
  const index = indexFor(frame, segment.id)
  if (index > frame.at) {
    noteMissing(walk, frame, index, { position, offset: segment.offset })
    frame.at = index
    frame.count = 0
  }
  frame.count += 1
  const use = frame.uses[index]
  if (use === undefined) return
  // AK304 4: loop occurs over maximum times; 5: segment exceeds maximum use. Told once.
  if (frame.count === use.max + 1)
    walk.faults.push(faultOf(segment, position, use.loop === undefined ? '5' : '4'))
  if (use.loop !== undefined) walk.frames.push(openFrame(use.loop))
}

// AK304 3: a missing mandatory segment is reported at the place where it should have been.
function noteMissing(walk: Walk, frame: Frame, upTo: number, place: Place): void {
  for (let at = frame.at; at < upTo; at += 1) {
    const use = frame.uses[at]
    const seen = at === frame.at ? frame.count : 0
    if (use?.isMandatory === true && seen === 0)
      walk.faults.push({ segment: use.id, code: '3', elements: [], ...place })
  }
}

function closeFrame(walk: Walk, place: Place): void {
  const frame = walk.frames.pop()
  if (frame !== undefined) noteMissing(walk, frame, frame.uses.length, place)
}

// AK304: 7 not in proper sequence, 2 unexpected, 6 not in the transaction set, 1 not a segment at all.
function misplacement(walk: Walk, id: string): string {
  if (walk.frames.some((frame) => frame.uses.some((use) => use.id === id))) return '7'
  if (walk.guide.members.has(id)) return '2'
  return otherSegments.has(id) || walk.guide.segments.has(id) ? '6' : '1'
}
