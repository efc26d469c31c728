import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type RefObject, useEffect } from 'react'
import type { DocumentView } from '../../api/documents-queries.ts'
import { useKeys } from '../../shared/use-keys.ts'
import type { DocumentSearch } from './document-search.ts'

// What stands before a line is seen with it.
const linesBefore = 20

/** Goes to a finding: within what is shown, or to the stretch of the document that holds it. */
export function useFindingKeys(
  document: DocumentView | undefined,
  { from, mark }: DocumentSearch,
): void {
  const navigate = useNavigate()
  const placed = document?.findings.filter(({ line }) => line !== null) ?? []
  const goTo = (search: DocumentSearch) => void navigate({ to: '.', search, replace: true })
  const step = (by: 1 | -1) => {
    const at = placed.findIndex((finding) => finding.mark === mark)
    const next =
      at === -1 ? placed.at(by === 1 ? 0 : -1) : placed[(at + by + placed.length) % placed.length]
    if (next === undefined) return
    goTo({ ...(from === undefined ? {} : { from }), mark: next.mark })
    reachMark(next.mark)
  }
  useKeys([
    ['n', () => step(1)],
    ['p', () => step(-1)],
  ])
  const line = placed.find((finding) => finding.mark === mark)?.line ?? undefined
  const isShown =
    document === undefined ||
    line === undefined ||
    document.lines.some(({ number }) => number === line)
  useEffect(() => {
    if (isShown || line === undefined || mark === undefined) return
    void navigate({
      to: '.',
      search: { from: Math.max(1, line - linesBefore), mark },
      replace: true,
    })
  }, [isShown, line, mark, navigate])
}

function reach(place: HTMLElement | null | undefined): void {
  place?.focus({ preventScroll: true })
  place?.scrollIntoView({ block: 'center' })
}

/** Brings a finding before the eye, where it is among the lines shown. */
export function reachMark(mark: number): void {
  reach(window.document.querySelector<HTMLElement>(`.doc [data-marks~="${mark}"]`))
}

/** Brings the chosen finding, else where the document begins in its delivery, before the eye. */
export function useReached(
  list: RefObject<HTMLOListElement | null>,
  document: DocumentView | undefined,
  { from, mark }: DocumentSearch,
): void {
  const first = document?.from
  const opensAt = document?.opensAt
  useEffect(() => {
    if (first === undefined) return
    if (mark !== undefined) reachMark(mark)
    else if (from === undefined && opensAt !== undefined && opensAt > 1)
      list.current?.querySelector(`[data-line="${opensAt}"]`)?.scrollIntoView({ block: 'start' })
  }, [list, first, opensAt, from, mark])
}

const steps: Readonly<Record<string, readonly ['place' | 'line', 1 | -1]>> = {
  ArrowRight: ['place', 1],
  ArrowLeft: ['place', -1],
  ArrowDown: ['line', 1],
  ArrowUp: ['line', -1],
}

const placesIn = (within: Element | null | undefined): HTMLElement[] => [
  ...(within?.querySelectorAll<HTMLElement>('[data-place]') ?? []),
]

/** Lets the arrows walk from element to element and from line to line. */
export function walk(event: KeyboardEvent<HTMLOListElement>): void {
  const step = steps[event.key]
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  const [by, way] = step
  const { activeElement } = window.document
  const line = activeElement?.closest('.doc-line')
  const places = placesIn(line)
  const at = activeElement instanceof HTMLElement ? places.indexOf(activeElement) : -1
  const other = way === 1 ? line?.nextElementSibling : line?.previousElementSibling
  const next =
    line === null || line === undefined
      ? placesIn(event.currentTarget)[0]
      : by === 'place'
        ? places[at + way]
        : (placesIn(other)[Math.max(at, 0)] ?? placesIn(other).at(-1))
  if (next === undefined) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}
