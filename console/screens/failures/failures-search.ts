/** The parts of the exceptions screen, in the order they are worked through. */
export const failureTabs = [
  ['causes', 'By cause'],
  ['calls', 'Single calls'],
  ['quarantine', 'Quarantine'],
] as const

type FailureTab = (typeof failureTabs)[number][0]

const callFilters = ['q', 'text', 'connection', 'operation', 'cluster'] as const

/** What the address of the exceptions screen says: the part, and what its single calls are narrowed to. */
export type FailuresSearch = { readonly tab?: FailureTab } & {
  readonly [filter in (typeof callFilters)[number]]?: string
}

/** Reads which part the address names and what its calls are narrowed to; what it does not know is left out. */
export function failuresSearch(search: Record<string, unknown>): FailuresSearch {
  const [tab] = failureTabs.find(([known]) => known === search['tab']) ?? ['causes']
  if (tab !== 'calls') return tab === 'causes' ? {} : { tab }
  const filters = callFilters.flatMap((filter) => {
    const value = search[filter]
    // A number in the address is read as one.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [[filter, text] as const] : []
  })
  return { tab, ...Object.fromEntries(filters) }
}
