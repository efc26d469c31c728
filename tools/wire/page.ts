import { z } from 'zod'
import type { Page } from '../../backbone/canonical/views/page.ts'

/** When what is told was read. */
export const asOf = { as_of: z.string().describe('When this was read, UTC.') }

/** How a list ends. */
export const pageEnd = {
  next_cursor: z.string().optional().describe('Present while more follow.'),
  note: z.string().optional(),
}

/** The answer of a list. */
export function listOf<Item extends z.ZodObject>(item: Item) {
  return z.object({ ...asOf, items: z.array(item), ...pageEnd })
}

/** A page of the store as it goes over the wire. */
export function pageAnswer<Row, Item>(
  asOfMoment: string,
  page: Page<Row>,
  itemOf: (row: Row) => Item,
): { as_of: string; items: Item[]; next_cursor?: string } {
  return {
    as_of: asOfMoment,
    items: page.items.map(itemOf),
    ...(page.next === null ? {} : { next_cursor: page.next }),
  }
}

/** Which part of a list a caller wants. */
export type Wanted = { readonly limit: number; readonly cursor?: string | undefined }

/** The page of the store that a caller wants. */
export const pageQuery = ({ limit, cursor }: Wanted) => ({ limit, after: cursor })

/**
 * Cuts a page from a list that a service gives whole. The position is the key of the last item, and its place in case
 * that item has gone since: what is there all the time is neither missed nor shown twice.
 */
export function pageOfWhole<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  { limit, cursor }: Wanted,
): Page<Row> {
  const cut = cursor?.indexOf('|') ?? -1
  const [place, key] = [Number(cursor?.slice(0, cut)), cursor?.slice(cut + 1)]
  const found = cursor === undefined ? -1 : rows.findIndex((row) => keyOf(row) === key)
  const start = cursor === undefined ? 0 : found === -1 ? Math.max(0, place - 1) : found + 1
  const items = rows.slice(start, start + limit)
  const last = items.at(-1)
  const end = start + items.length
  return {
    items,
    next: end < rows.length && last !== undefined ? `${end}|${keyOf(last)}` : null,
  }
}
