import { z } from 'zod'
import { Order } from '../../backbone/canonical/order.ts'
import { dayArgument, referenceArgument } from './arguments.ts'

const lineForm =
  /^([^\s=]{1,60})=(\d{1,7}(?:\.\d{1,4})?)(?: ([A-Za-z0-9]{1,3}))?(?:@(\d{1,9}(?:\.\d{1,6})?))?$/

/** A line of a cart on one line of text. */
export const CartLine = z
  .string()
  .regex(
    lineForm,
    'It is written SKU=QUANTITY, with unit and price where known: BRG-1007=20 EA@4.76.',
  )

/** The arguments of a cart, for orders that are not in yet. */
export const cartArguments = {
  customer_number: referenceArgument('Whose cart it is, where no order is named.', 40).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'It has three capital letters, such as USD.')
    .default('USD')
    .describe('Currency of the cart.'),
  requested_on: dayArgument('When the cart is wanted.').optional(),
}

type Cart = {
  readonly customer_number: string
  readonly currency: string
  readonly requested_on?: string | undefined
  readonly lines: readonly string[]
}

/** A cart as the order it would be. */
export function orderOfCart(cart: Cart): Order {
  return Order.parse({
    docType: 'order',
    currency: cart.currency,
    purchaseOrderNumber: 'CART',
    parties: [
      {
        role: 'buyer',
        identifiers: [{ scheme: 'seller-assigned', value: cart.customer_number }],
      },
    ],
    ...(cart.requested_on === undefined ? {} : { requestedOn: cart.requested_on }),
    lines: cart.lines.map((text, place) => {
      const [, sku = '', value = '1', uom = 'EA', unitPrice] = lineForm.exec(text) ?? []
      return {
        line: String(place + 1),
        item: { identifiers: [{ scheme: 'sku', value: sku }] },
        quantity: { value, uom: uom.toUpperCase() },
        ...(unitPrice === undefined ? {} : { unitPrice }),
      }
    }),
  })
}
