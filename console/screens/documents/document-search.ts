/** Where one looks in a document: the first line that is shown, and the finding that is looked at. */
export type DocumentSearch = { readonly from?: number; readonly mark?: number }

const whole = (value: unknown, least: number): number | undefined => {
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= least ? number : undefined
}

/** Reads where the address looks in a document; what it does not know, it leaves out. */
export function documentSearch(search: Record<string, unknown>): DocumentSearch {
  const from = whole(search['from'] ?? '', 2)
  const mark = search['mark'] === undefined ? undefined : whole(search['mark'], 0)
  return { ...(from === undefined ? {} : { from }), ...(mark === undefined ? {} : { mark }) }
}
