/** The parts of the exceptions screen, in the order they are worked through. */
export const failureTabs = [
  ['causes', 'By cause'],
  ['calls', 'Single calls'],
  ['quarantine', 'Quarantine'],
] as const

type FailureTab = (typeof failureTabs)[number][0]

/** Reads which part the address names; what it does not know is the first. */
export function failuresSearch(search: Record<string, unknown>): { readonly tab?: FailureTab } {
  const named = failureTabs.find(([tab]) => tab === search['tab'])
  return named === undefined || named[0] === 'causes' ? {} : { tab: named[0] }
}
