type Given<Row> = {
  [Key in keyof Row as null extends Row[Key] ? never : Key]: Row[Key]
} & {
  [Key in keyof Row as null extends Row[Key] ? Key : never]?: Exclude<Row[Key], null | undefined>
}

/** A record without its empty fields: on the wire a field that has nothing to say is not there. */
export function given<Row extends object>(row: Row): Given<Row>
export function given(row: object): object {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null && value !== undefined),
  )
}
