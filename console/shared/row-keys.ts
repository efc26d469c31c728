import { type RefObject, useRef } from 'react'
import { useKeys } from './use-keys.ts'

// What stays above a list while it is scrolled.
const headerPx = 60

/**
 * Lets j and k walk the rows of a list: each row's link carries `data-row`. The focus itself moves, so that Enter opens
 * the row and the eye sees where it is.
 */
export function useRowKeys<List extends HTMLElement = HTMLDivElement>(): RefObject<List | null> {
  const list = useRef<List>(null)
  const step = (by: 1 | -1) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.findIndex((row) => row.matches(':focus'))
    // Where nothing is chosen yet, what the eye sees first: also after coming back to the middle of a list.
    const seen = rows.findIndex((row) => row.getBoundingClientRect().top > headerPx)
    const next = rows[at === -1 ? Math.max(0, seen) : at + by]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  useKeys([
    ['j', () => step(1)],
    ['k', () => step(-1)],
  ])
  return list
}
