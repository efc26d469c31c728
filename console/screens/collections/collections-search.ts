import { caseWords } from './collections-words.ts'

/** What the collections screen is narrowed to. */
export type CollectionsSearch = {
  readonly tab?: 'customers'
  readonly q?: string
  readonly kind?: string
  readonly level?: string
}

/** The steps of the ladder as the address names them. */
export const levels: readonly string[] = ['0', '1', '2', '3', '4', '5']

/** Reads what the address narrows the screen to; what it does not know, it leaves out. */
export function collectionsSearch(search: Record<string, unknown>): CollectionsSearch {
  const { tab, q, kind, level } = search
  return {
    ...(tab === 'customers' ? { tab } : {}),
    ...(q === undefined || q === '' ? {} : { q: String(q).slice(0, 80) }),
    ...(typeof kind === 'string' && kind in caseWords ? { kind } : {}),
    ...(levels.includes(String(level)) ? { level: String(level) } : {}),
  }
}
