import { badArguments } from '../parse-arguments.ts'
import type { Wanted } from './page.ts'

/** A record with long lists of its own: the first few of each, or one list whole, page by page. */
type SectionWanted = Wanted & { readonly section?: string | undefined }

/** Cuts the lists of a record as they are wanted. */
export function sectionsOf(input: SectionWanted) {
  const { section, limit, cursor } = input
  if (section === undefined && cursor !== undefined)
    throw badArguments('This call', [
      { path: 'cursor', message: 'A cursor belongs to a section; name the section as well.' },
    ])
  const start = Number(cursor ?? 0)
  let next: number | undefined
  const cuts: string[] = []
  return {
    /** The part of one list that is wanted now; absent where another list was asked for. A small `limit` counts for all. */
    of<Row>(name: string, rows: readonly Row[], few: number): Row[] | undefined {
      if (section === undefined) {
        const shown = Math.min(few, limit, rows.length)
        if (shown < rows.length) cuts.push(`${shown} of ${rows.length} ${name}`)
        return rows.slice(0, shown)
      }
      if (section !== name) return undefined
      const end = start + limit
      if (end < rows.length) {
        next = end
        cuts.push(`${start + 1} to ${end} of ${rows.length} ${name}`)
      }
      return rows.slice(start, end)
    },
    /** Where the list that was asked for goes on. */
    end: (): { next_cursor?: string } => (next === undefined ? {} : { next_cursor: String(next) }),
    /** What was cut, so that nobody takes a part for the whole; absent where nothing was. */
    note: (): { note?: string } =>
      cuts.length === 0
        ? {}
        : {
            note: `Shown: ${cuts.join(', ')}. ${section === undefined ? 'Name a section to have it whole, page by page.' : 'Go on with next_cursor.'}`,
          },
  }
}
