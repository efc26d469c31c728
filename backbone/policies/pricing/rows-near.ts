import type { LineComparison } from './comparison.ts'

// Wider than what counts as near by default; the exact test follows.
const width = 1.005

type Row = { readonly price: number; readonly line: LineComparison }

/**
 * Finds the lines of an order whose expected price, as it would stand on the document, is about a price. Rough, by
 * ordinary numbers, so that an order of ten thousand lines need not hold each against each.
 */
export function rowFinder(
  lines: readonly LineComparison[],
): (price: number) => readonly LineComparison[] {
  let rows: readonly Row[] | undefined
  const sorted = () =>
    lines
      .flatMap((line): Row[] => {
        if (line.found === undefined) return []
        const { uomFactor } = line.asked.line
        return [{ price: Number(line.found.expected.unitPrice) * uomFactor, line }]
      })
      .sort((a, b) => a.price - b.price)
  return (price) => {
    rows ??= sorted()
    const near: LineComparison[] = []
    for (let place = firstAtLeast(rows, price / width); place < rows.length; place += 1) {
      const row = rows[place]
      if (row === undefined || row.price > price * width) break
      near.push(row.line)
    }
    return near
  }
}

function firstAtLeast(rows: readonly Row[], price: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.price ?? 0) < price) low = middle + 1
    else high = middle
  }
  return low
}
