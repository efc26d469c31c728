type ArrayType<T> = {
  readonly to: number
  readonly from: number[]
  parse(literal: string): (T | null)[]
  serialize(items: readonly unknown[]): string
}

function itemsOf(literal: string): (string | null)[] {
  const items = literal.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)
  return [...items].map(([, quoted, bare]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1')
    return bare === undefined || bare === 'NULL' ? null : bare
  })
}

const inQuotes = (item: unknown): string =>
  item === null ? 'NULL' : `"${String(item).replaceAll(/["\\]/g, String.raw`\$&`)}"`

const literalOf = (items: readonly unknown[]): string => `{${items.map(inQuotes).join(',')}}`

/** Lists of texts and ids (text[], varchar[], uuid[]), as PostgreSQL spells them. */
export const textList: ArrayType<string> = {
  to: 1009,
  from: [1009, 1015, 2951],
  parse: itemsOf,
  serialize: literalOf,
}

/** Lists of whole numbers (int4[]), as PostgreSQL spells them. */
export const integerList: ArrayType<number> = {
  to: 1007,
  from: [1007],
  parse: (literal) => itemsOf(literal).map((item) => (item === null ? null : Number(item))),
  serialize: literalOf,
}
