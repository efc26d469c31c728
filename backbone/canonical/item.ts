import { z } from 'zod'

/**
 * Whose number names an item: `sku` is the seller's own (X12 SK, VN, VP; UBL SellersItemIdentification),
 * `buyer` the customer's part number (X12 BP, IN), `gtin` GS1 numbers (UP, EN, UK, UA), `mpn` the manufacturer's.
 */
export const ItemScheme = z.enum(['sku', 'buyer', 'gtin', 'mpn', 'other'])
export type ItemScheme = z.infer<typeof ItemScheme>

/** One number of an item. Leading zeros matter. */
export const ItemIdentifier = z.object({ scheme: ItemScheme, value: z.string().min(1).max(80) })
export type ItemIdentifier = z.infer<typeof ItemIdentifier>

/** An item as a document names it: all its numbers in the sender's order, and its description. */
export const Item = z.object({
  identifiers: z.array(ItemIdentifier).min(1),
  description: z.string().max(500).optional(),
})
export type Item = z.infer<typeof Item>

/** The first identifier of a scheme, if the document gave one. */
export function itemNumber(item: Item, scheme: ItemScheme): string | undefined {
  return item.identifiers.find((identifier) => identifier.scheme === scheme)?.value
}
