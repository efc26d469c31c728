import type { Unmapped } from '../../canonical/document.ts'
import type { Order, OrderChange } from '../../canonical/order.ts'
import type { ShopOrderHeader } from './shop-order.ts'

/** A shop's withdrawal of a whole order. */
export function withdrawal(
  header: ShopOrderHeader,
  reason: string,
  unknown: readonly Unmapped[],
): OrderChange {
  const { purchaseOrderNumber, issuedOn, currency, isTest, references, notes, source } = header
  return {
    docType: 'order-change',
    purpose: 'cancel',
    purchaseOrderNumber,
    ...(issuedOn === undefined ? {} : { issuedOn }),
    currency,
    isTest,
    references,
    notes,
    source,
    reason: reason.slice(0, 200),
    parties: [],
    changes: [],
    unknown: [...unknown],
  }
}

/** A shop's order as it stands after somebody changed it: it takes the place of what we had. */
export function replacement(header: ShopOrderHeader, order: Order): OrderChange {
  const { purchaseOrderNumber, issuedOn, currency, isTest, source } = header
  return {
    docType: 'order-change',
    purpose: 'replace',
    purchaseOrderNumber,
    ...(issuedOn === undefined ? {} : { issuedOn }),
    currency,
    isTest,
    references: [],
    notes: [],
    source,
    parties: [],
    changes: [],
    replacement: order,
    unknown: [],
  }
}
