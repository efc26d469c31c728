import type { DocumentKey } from '../../canonical/document-marking.ts'
import type { About } from './about.ts'

/** A JSON document as the tree of its lines. */
type JsonTree = {
  child(line: number, step: string | number): number | undefined
  members(line: number): readonly number[]
  textOf(line: number): string | undefined
  isList(line: number): boolean
}

type Way = readonly (string | number)[]

// Our own JSON first, then the words of a shop.
const waysOfLines: Partial<Readonly<Record<About['what'], readonly Way[]>>> = {
  price: [['unitPrice'], ['price']],
  basis: [['priceBasis'], ['unitPrice'], ['price']],
  quantity: [['quantity', 'value'], ['quantity']],
  unit: [['quantity', 'uom'], ['quantity']],
  item: [['item'], ['sku']],
}

const waysOfOrders: Partial<Readonly<Record<About['what'], readonly Way[]>>> = {
  number: [['purchaseOrderNumber'], ['name']],
  customer: [['source', 'customerKey'], ['parties'], ['customer'], ['email']],
  currency: [['currency']],
  terms: [['terms'], ['payment_terms']],
  total: [['statedTotalMinor'], ['total_price']],
}

function follow(tree: JsonTree, line: number, way: Way): number | undefined {
  return way.reduce<number | undefined>(
    (at, step) => (at === undefined ? undefined : tree.child(at, step)),
    line,
  )
}

function firstOf(tree: JsonTree, line: number, ways: readonly Way[] = []): number | undefined {
  for (const way of ways) {
    const found = follow(tree, line, way)
    if (found !== undefined) return found
  }
  return undefined
}

// A list of ours, or what a shop wraps its orders in.
function documentsIn(tree: JsonTree): readonly number[] {
  if (tree.isList(0)) return tree.members(0)
  const wrapped = tree.child(0, 'order') ?? tree.child(0, 'draft_order')
  if (wrapped !== undefined) return [wrapped]
  const list = tree.child(0, 'orders')
  return list === undefined ? [0] : tree.members(list)
}

// Several documents may come in one delivery; alone it needs no number to be known by.
function documentOf(tree: JsonTree, key: DocumentKey): number | undefined {
  const documents = documentsIn(tree)
  if (documents.length === 1) return documents[0]
  const found = documents.filter((line) => {
    const number = tree.child(line, 'purchaseOrderNumber') ?? tree.child(line, 'name')
    return number !== undefined && tree.textOf(number) === key.purchaseOrderNumber
  })
  return found.length === 1 ? found[0] : undefined
}

const lists: readonly Way[] = [['replacement', 'lines'], ['lines'], ['line_items'], ['changes']]

// A shop does not number its lines: their places do.
function linesOf(tree: JsonTree, document: number): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  for (const way of lists) {
    const list = follow(tree, document, way)
    const members = list === undefined ? [] : tree.members(list)
    members.forEach((member, index) => {
      const own = tree.child(member, 'line')
      const number = (own === undefined ? undefined : tree.textOf(own)) ?? String(index + 1)
      if (!lines.has(number)) lines.set(number, member)
    })
  }
  return lines
}

/** The lines of the orders of a document, found once. */
export type JsonOrders = Map<number, ReadonlyMap<string, number>>

/** The line with what a check of an order is about. */
export function spotInJson(
  { tree, known }: { readonly tree: JsonTree; readonly known: JsonOrders },
  key: DocumentKey,
  { line, what }: About,
): number | undefined {
  const document = documentOf(tree, key)
  if (document === undefined) return undefined
  if (what === 'order') return document
  if (line === undefined) return firstOf(tree, document, waysOfOrders[what])
  const lines = known.get(document) ?? linesOf(tree, document)
  known.set(document, lines)
  const there = lines.get(line)
  return there === undefined ? undefined : (firstOf(tree, there, waysOfLines[what]) ?? there)
}
