import { type SQL, sql } from 'drizzle-orm'
import type { Page } from '../../canonical/views/page.ts'

/** Cuts rows, of which one more than the page was read, to the page. */
export function cutPage<Row extends { readonly position: string }>(
  rows: readonly Row[],
  limit: number,
): Page<Omit<Row, 'position'>> {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last !== undefined ? last.position : null
  return { items: page.map(({ position, ...item }) => item), next }
}

/** A moment to the microsecond as text: what the database keeps, which a JavaScript date cannot hold. */
export function exactMoment(column: SQL): SQL {
  return sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** The two parts of a position: the value the list is sorted by, and the id that decides between equals. */
export function splitPosition(position: string): { sortedBy: string; id: string } {
  const cut = position.indexOf('|')
  return { sortedBy: position.slice(0, cut), id: position.slice(cut + 1) }
}
