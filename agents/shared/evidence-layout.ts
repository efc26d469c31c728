/** A table that shows what a tool found: which list of the answer, and which fields of its rows. */
export type Layout = {
  readonly title: string
  /** The list in the answer; the answer itself is the only row where it is absent. */
  readonly list?: string
  readonly columns: readonly (readonly [heading: string, field: string])[]
}

/** What could be done, where a tool says so. */
export const candidatesLayout: Layout = {
  title: 'What could be done',
  list: 'candidates',
  columns: [
    ['rank', 'rank'],
    ['what', 'title'],
    ['money', 'money'],
    ['candidate', 'candidate_id'],
  ],
}
