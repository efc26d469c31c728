import { Invoice } from '../canonical/invoice.ts'
import {
  allocateMinor,
  compareDecimal,
  divideDecimal,
  type MinorUnits,
  multiplyDecimal,
  sumMinor,
} from '../canonical/money.ts'
import { CallerMistake } from '../errors.ts'
import type { ReturnedLine } from '../policies/returns/return-credit.ts'
import { priceCredited } from '../store/cash/deduction-rows.ts'
import type { TenantTx } from '../store/database.ts'
import {
  type SaleFacts,
  type SaleQuestion,
  type SoldLine,
  saleFacts,
} from '../store/returns/sale-facts.ts'

/** A line as it was billed, with its share of the order's discount and the tax charged for it. */
type BilledLine = Omit<ReturnedLine, 'reason' | 'returningEach'> & {
  readonly sku: string | null
  readonly productClass: string | null
  readonly returnedEach: number
}

/** An invoice of which something comes back. */
export type Sale = Pick<
  SaleFacts,
  | 'invoiceId'
  | 'invoiceNumber'
  | 'orderId'
  | 'customerNumber'
  | 'partnerId'
  | 'currency'
  | 'deliveredOn'
> & {
  readonly lines: readonly BilledLine[]
}

function parted(amountMinor: MinorUnits, weights: readonly number[]): MinorUnits[] {
  if (!weights.some((weight) => weight > 0)) return weights.map(() => 0)
  return allocateMinor(amountMinor, weights)
}

/** A line's share of an allowance on the order: by its part of the order, and of that by the part this invoice bills. */
function allowanceOf(sold: SoldLine, billedMinor: MinorUnits, facts: SaleFacts): MinorUnits {
  if (facts.allowanceMinor === 0 || sold.lineAmountMinor <= 0) return 0
  const shares = parted(
    facts.allowanceMinor,
    facts.lines.map((line) => line.lineAmountMinor),
  )
  const share = shares[facts.lines.indexOf(sold)] ?? 0
  if (billedMinor >= sold.lineAmountMinor) return share
  const part = multiplyDecimal(String(share), String(billedMinor))
  return Number(divideDecimal(part, String(sold.lineAmountMinor), 0))
}

// Breaks count only where they are what the line was billed by: an agreement may have changed since.
function breaksOf({ breaks, unitPrice }: SoldLine, billedEach: number): SoldLine['breaks'] {
  const billedBy = breaks
    .filter(({ fromEach }) => fromEach <= billedEach)
    .toSorted((a, b) => b.fromEach - a.fromEach)
    .at(0)
  const isSame =
    billedBy !== undefined &&
    unitPrice !== null &&
    compareDecimal(billedBy.unitPrice, unitPrice) === 0
  return isSame ? breaks : []
}

/** What an invoice billed, line by line. */
type Bill = {
  readonly lines: readonly {
    readonly line: string
    readonly quantityEach: number
    readonly lineAmountMinor: MinorUnits
  }[]
  readonly taxes: Invoice['taxes']
  /** The discount on the whole order, as far as this bill bears it. */
  readonly discountMinor: MinorUnits
}

/** What the discount comes to on so many units of a line. */
function shareOf({ discountMinor, discountOfEach }: SoldLine, quantityEach: number): number {
  return discountOfEach === 0 ? 0 : (discountMinor * quantityEach) / discountOfEach
}

/** The bill as it was sent; one that was not kept is that of its order, where the order has no other. */
function billOf(facts: SaleFacts): Bill {
  const sent = Invoice.safeParse(facts.invoice)
  if (sent.success)
    return {
      lines: sent.data.lines.map(({ line, quantity, lineAmountMinor }) => ({
        ...{ line, lineAmountMinor, quantityEach: Number(quantity.value) },
      })),
      taxes: sent.data.taxes,
      discountMinor: sumMinor(
        sent.data.allowancesCharges.flatMap(({ kind, code, amountMinor }) =>
          kind === 'allowance' && code === 'discount' ? [amountMinor] : [],
        ),
      ),
    }
  if (!facts.isOnlyInvoice)
    throw new CallerMistake(
      409,
      'invoice-without-lines',
      'This invoice is kept without its lines, so nothing can be returned by line.',
      { invoiceNumber: facts.invoiceNumber },
    )
  return {
    lines: facts.lines
      .filter(({ invoicedEach }) => invoicedEach > 0)
      .map(({ line, invoicedEach: quantityEach, lineAmountMinor }) => ({
        ...{ line, quantityEach, lineAmountMinor },
      })),
    discountMinor: sumMinor(
      facts.lines.map((line) => Math.round(shareOf(line, line.invoicedEach))),
    ),
    taxes: facts.taxMinor === 0 ? [] : [{ category: 'S', amountMinor: facts.taxMinor }],
  }
}

function billedLines(facts: SaleFacts, invoice: Bill): BilledLine[] {
  const soldByLine = new Map(facts.lines.map((line) => [line.line, line]))
  const found = invoice.lines.flatMap((billed) => {
    const sold = soldByLine.get(billed.line)
    return sold === undefined ? [] : [{ billed, sold }]
  })
  const shares = parted(
    invoice.discountMinor,
    found.map(({ billed, sold }) => shareOf(sold, billed.quantityEach)),
  )
  const discounts = found.map(
    ({ billed, sold }, index) =>
      (shares[index] ?? 0) + allowanceOf(sold, billed.lineAmountMinor, facts),
  )
  const nets = found.map(({ billed }, index) => billed.lineAmountMinor - (discounts[index] ?? 0))
  const taxes = parted(sumMinor(invoice.taxes.map((tax) => tax.amountMinor)), nets)
  const rates = new Set(invoice.taxes.map((tax) => tax.ratePercent))
  const [rate] = rates
  return found.map(({ billed, sold }, index) => ({
    line: billed.line,
    sku: sold.sku,
    productClass: sold.productClass,
    currency: facts.currency,
    invoicedEach: billed.quantityEach,
    returnedEach: sold.returnedEach,
    creditedEach: sold.creditedEach,
    lineAmountMinor: billed.lineAmountMinor,
    allocatedDiscountMinor: discounts[index] ?? 0,
    taxChargedMinor: taxes[index] ?? 0,
    ...(rates.size === 1 && rate !== undefined ? { taxPercent: rate } : {}),
    creditedNetMinor: sold.creditedNetMinor,
    creditedTaxMinor: sold.creditedTaxMinor,
    breaks: breaksOf(sold, billed.quantityEach),
  }))
}

/** The sale a return is of. */
export async function loadSale(tx: TenantTx, question: SaleQuestion): Promise<Sale | undefined> {
  const facts = await saleFacts(tx, question)
  if (facts === undefined) return undefined
  const forPrice = await priceCredited(tx, [facts.invoiceId])
  const { invoiceId, invoiceNumber, orderId, customerNumber, partnerId, currency, deliveredOn } =
    facts
  return {
    ...{ invoiceId, invoiceNumber, orderId, customerNumber, partnerId, currency, deliveredOn },
    // What was given back for its price is not given back again with the goods.
    lines: billedLines(facts, billOf(facts)).map((line) => ({
      ...line,
      allocatedDiscountMinor:
        line.allocatedDiscountMinor +
        (forPrice.find((credited) => credited.line === line.line)?.netMinor ?? 0),
    })),
  }
}
