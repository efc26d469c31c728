import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderOnItsWay } from '../../testing/whole-order.ts'
import { lineAmountMinor, sumMinor } from '../canonical/money.ts'
import { discountOn, orderTotalMinor, toBillMinor } from '../canonical/order-amounts.ts'
import {
  type InvoiceState,
  type OrderLineState,
  type OrderState,
  openEach,
  type ShipmentState,
} from '../canonical/order-state.ts'
import { billedDiscountMinor, billedExtrasMinor, withLessWanted } from './order-totals.ts'
import { allocateDiscount } from './pricing/order-amounts.ts'

type Draft = { readonly quantityEach: number; readonly priceMinor: number }
type Act = {
  readonly kind: 'ship' | 'cancel'
  readonly place: number
  readonly quantityEach: number
  /** Of what leaves at a price of its own day. */
  readonly ownPriceMinor: number | null
}

const priceText = (minor: number) =>
  `${Math.floor(minor / 10_000)}.${String(minor % 10_000).padStart(4, '0')}`

function orderedWith(drafts: readonly Draft[], change: Partial<OrderState>, percent: number) {
  const [sample] = orderOnItsWay().lines
  if (sample === undefined) throw new Error('The sample order has no line.')
  const lines = drafts.map(({ quantityEach, priceMinor }, index): OrderLineState => {
    const unitPrice = priceText(priceMinor)
    return {
      ...sample,
      ...{ line: String(index + 1), position: index, unitPrice, orderedEach: quantityEach },
      ...{ allocatedEach: quantityEach, shippedEach: 0, invoicedEach: 0 },
      lineAmountMinor: lineAmountMinor(unitPrice, String(quantityEach), 'USD'),
    }
  })
  const value = sumMinor(lines.map((line) => line.lineAmountMinor))
  const discountMinor = Math.floor((value * percent) / 100)
  const shares = allocateDiscount(
    discountMinor,
    lines.map(({ line, lineAmountMinor: amountMinor }) => ({ line, amountMinor })),
  )
  const byLine = new Map((shares ?? []).map(({ line, amountMinor }) => [line, amountMinor]))
  const order: OrderState = {
    ...orderOnItsWay({ shipments: [], invoices: [], picks: [], holds: [], ...change }),
    lines: lines.map((line) => {
      const amountMinor = byLine.get(line.line) ?? 0
      return { ...line, discount: { amountMinor, ofEach: line.orderedEach } }
    }),
  }
  return { order: { ...order, totalMinor: orderTotalMinor(order) }, discountMinor }
}

/** What leaves is billed at once, as the flow does it. */
function shippedAndBilled(order: OrderState, act: Act, number: number): OrderState {
  const target = order.lines[act.place % order.lines.length]
  if (target === undefined) return order
  const quantityEach = Math.min(act.quantityEach, openEach(target))
  if (quantityEach === 0) return order
  const { line } = target
  const own = act.ownPriceMinor === null ? {} : { unitPrice: priceText(act.ownPriceMinor) }
  const part: ShipmentState['lines'][number] = { line, quantityEach, ...own }
  const shipment: ShipmentState = {
    ...{ shipmentId: `shp_${number}`, shipmentNumber: `SH-${number}`, documentId: 'doc_1' },
    ...{ shippedAt: '2026-11-20T10:00:00.000Z', isInvoiced: false, lines: [part] },
  }
  const left: OrderState = {
    ...order,
    lines: order.lines.map((other) =>
      other === target ? { ...other, shippedEach: other.shippedEach + quantityEach } : other,
    ),
    shipments: [...order.shipments, shipment],
  }
  const billedLine = left.lines.find((other) => other.line === line) ?? target
  const { chargesMinor, taxMinor } = billedExtrasMinor(left, shipment)
  const totalMinor =
    toBillMinor(billedLine, part, left) -
    billedDiscountMinor(left, shipment) +
    chargesMinor +
    taxMinor
  const invoice: InvoiceState = {
    ...{ invoiceId: `inv_${number}`, invoiceNumber: `INV-${number}`, documentId: 'doc_1' },
    ...{ shipmentId: shipment.shipmentId, customerNumber: 'C-1', totalMinor },
    ...{ openMinor: totalMinor, invoicedOn: '2026-11-20', dueOn: '2026-12-20', discountMinor: 0 },
  }
  return {
    ...left,
    lines: left.lines.map((other) =>
      other.line === line ? { ...other, invoicedEach: other.invoicedEach + quantityEach } : other,
    ),
    shipments: left.shipments.map((other) =>
      other === shipment ? { ...other, isInvoiced: true } : other,
    ),
    invoices: [...left.invoices, invoice],
  }
}

function lessWanted(order: OrderState, act: Act): OrderState {
  const target = order.lines[act.place % order.lines.length]
  if (target === undefined) return order
  const cancelledEach = target.cancelledEach + Math.min(act.quantityEach, openEach(target))
  const lines = order.lines.map((line) => (line === target ? { ...line, cancelledEach } : line))
  return withLessWanted(order, { ...order, lines })
}

/** The rest of everything leaves. */
function completed(order: OrderState): OrderState {
  return order.lines.reduce(
    (current, line, place) =>
      shippedAndBilled(
        current,
        { kind: 'ship', place, quantityEach: openEach(line), ownPriceMinor: null },
        1_000 + place,
      ),
    order,
  )
}

const drafts = fc.array(
  fc.record({
    quantityEach: fc.integer({ min: 1, max: 50 }),
    priceMinor: fc.integer({ min: 1, max: 900_000 }),
  }),
  { minLength: 1, maxLength: 5 },
)
const acts = fc.array(
  fc.record({
    kind: fc.constantFrom('ship' as const, 'ship' as const, 'cancel' as const),
    place: fc.nat(20),
    quantityEach: fc.integer({ min: 1, max: 25 }),
    ownPriceMinor: fc.constant(null),
  }),
  { maxLength: 12 },
)

test('however an order ships, is cancelled in part and is billed, its bills sum to it and to its discount, to the cent', () => {
  fc.assert(
    fc.property(
      drafts,
      acts,
      fc.integer({ min: 1, max: 90 }),
      fc.nat(5_000),
      fc.nat(9_000),
      (lines, what, percent, taxMinor, chargesMinor) => {
        const { order, discountMinor } = orderedWith(lines, { taxMinor, chargesMinor }, percent)
        const before = sumMinor(order.lines.map((line) => discountOn(line, line.orderedEach)))
        expect(before).toBe(discountMinor)
        const after = completed(
          what.reduce(
            (current, act, index) =>
              act.kind === 'ship'
                ? shippedAndBilled(current, act, index)
                : lessWanted(current, act),
            order,
          ),
        )
        if (after.invoices.length === 0) return
        expect(sumMinor(after.invoices.map(({ totalMinor }) => totalMinor))).toBe(
          orderTotalMinor(after),
        )
        for (const line of after.lines) {
          const off = discountOn(line, line.invoicedEach)
          expect(off).toBeGreaterThanOrEqual(0)
          expect(off).toBeLessThanOrEqual(line.discount?.amountMinor ?? 0)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('goods at the price of the day they left are billed at it, and the bills still sum to the order', () => {
  const own = fc.array(
    fc.record({
      kind: fc.constant('ship' as const),
      place: fc.nat(20),
      quantityEach: fc.integer({ min: 1, max: 25 }),
      ownPriceMinor: fc.integer({ min: 1, max: 900_000 }),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(drafts, own, fc.nat(5_000), (lines, what, taxMinor) => {
      const { order } = orderedWith(lines, { taxMinor }, 10)
      const shipped = what.reduce(
        (current, act, index) => shippedAndBilled(current, act, index),
        order,
      )
      // The amounts of its lines follow the prices of the goods that left.
      const [first] = shipped.lines
      if (first === undefined || openEach(first) === 0) return
      const after = completed(
        lessWanted(shipped, { kind: 'cancel', place: 0, quantityEach: 1, ownPriceMinor: null }),
      )
      if (after.invoices.length === 0) return
      expect(sumMinor(after.invoices.map(({ totalMinor }) => totalMinor))).toBe(
        orderTotalMinor(after),
      )
    }),
    { numRuns: 200 },
  )
})

test('an allowance the buyer wrote is not billed beside the discount it names', () => {
  const lines = [{ quantityEach: 10, priceMinor: 100_000 }]
  const total = (allowanceMinor: number) =>
    orderedWith(lines, { allowanceMinor, chargesMinor: 500 - allowanceMinor }, 10).order.totalMinor
  // 100.00 less 10.00, and 5.00 of freight; a larger allowance that a person let pass is billed as it is.
  expect([total(0), total(1_000), total(700), total(1_200)]).toEqual([9_500, 9_500, 9_500, 9_300])
})
