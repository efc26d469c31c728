import type { Heading } from './order-variants.ts'
import type { Draft } from './truth.ts'
import type { DraftLine } from './world.ts'

/** A line of an order as the API takes it. */
type LineDocument = {
  readonly line: string
  readonly item: { readonly identifiers: readonly { scheme: string; value: string }[] }
  readonly quantity: { readonly value: string; readonly uom: string }
  readonly unitPrice?: string
  readonly priceBasis?: string
  readonly references?: readonly { qualifier: string; value: string }[]
}

/** An order as the API takes it. */
export type OrderDocument = {
  readonly docType: 'order'
  readonly purchaseOrderNumber: string
  readonly releaseNumber?: string
  readonly issuedOn: string
  readonly parties: readonly object[]
  readonly lines: readonly LineDocument[]
} & Heading

function lineDocument(line: DraftLine, index: number): LineDocument {
  return {
    line: String(index + 1),
    item: { identifiers: [{ scheme: 'sku', value: line.product.sku }] },
    quantity: { value: String(line.quantity), uom: line.uom },
    ...(line.price === undefined ? {} : { unitPrice: line.price }),
    ...(line.priceBasis === undefined ? {} : { priceBasis: String(line.priceBasis) }),
    ...(line.isFreeOfCharge === true
      ? { references: [{ qualifier: 'free-goods', value: 'sample' }] }
      : {}),
  }
}

/** Puts a draft into the words of the API. */
export function orderDocument({
  draft,
  heading,
  number,
  day,
}: {
  readonly draft: Draft
  readonly heading: Heading
  readonly number: string
  readonly day: string
}): OrderDocument {
  const { customer, shipTo = 'MAIN', currency, lines } = draft
  return {
    docType: 'order',
    purchaseOrderNumber: `PO-${number}`,
    issuedOn: day,
    currency,
    parties: [
      { role: 'buyer', identifiers: [{ scheme: 'seller-assigned', value: customer.number }] },
      {
        role: 'ship-to',
        name: `${customer.number} ${shipTo}`,
        identifiers: [{ scheme: 'buyer-assigned', value: shipTo }],
      },
    ],
    ...heading,
    lines: lines.map(lineDocument),
  }
}
