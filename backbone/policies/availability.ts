/** Stock of a product in one warehouse, in base units. */
export type WarehouseStock = {
  readonly warehouse: string
  readonly onHandEach: number
  readonly allocatedEach: number
  readonly safetyEach: number
}

/** What may be promised from a warehouse now: on hand less allocated less safety stock, never negative. */
export function availableEach(stock: WarehouseStock): number {
  return Math.max(0, stock.onHandEach - stock.allocatedEach - stock.safetyEach)
}

/** Where a line is taken from, and how much of it. */
export type StockPromise = { readonly warehouse?: string; readonly allocatedEach: number }

/**
 * Promises a quantity from one warehouse: the one a line already has, else one that has it all, else the
 * one that has most. What is left is a backorder.
 */
export function promiseQuantity(
  neededEach: number,
  stocks: readonly WarehouseStock[],
  fixedWarehouse?: string,
): StockPromise {
  const eligible =
    fixedWarehouse === undefined
      ? stocks
      : stocks.filter((stock) => stock.warehouse === fixedWarehouse)
  const [best] = [...eligible].sort(
    (a, b) =>
      Number(availableEach(b) >= neededEach) - Number(availableEach(a) >= neededEach) ||
      availableEach(b) - availableEach(a) ||
      a.warehouse.localeCompare(b.warehouse),
  )
  if (best === undefined)
    return {
      allocatedEach: 0,
      ...(fixedWarehouse === undefined ? {} : { warehouse: fixedWarehouse }),
    }
  return { warehouse: best.warehouse, allocatedEach: Math.min(neededEach, availableEach(best)) }
}
