import { z } from 'zod'
import type { Operation } from '../../connectors/connector.ts'

// One entry for every operation of the port; the compiler says which is missing.
const everyOperation = {
  'erp.create-order': 'erp.create-order',
  'erp.change-order': 'erp.change-order',
  'erp.cancel-order': 'erp.cancel-order',
  'erp.post-invoice': 'erp.post-invoice',
  'erp.post-payment': 'erp.post-payment',
  'erp.post-credit-note': 'erp.post-credit-note',
  'erp.apply-credit': 'erp.apply-credit',
  'wms.request-pick': 'wms.request-pick',
  'wms.cancel-pick': 'wms.cancel-pick',
  'partner.acknowledgement': 'partner.acknowledgement',
  'partner.ship-notice': 'partner.ship-notice',
  'partner.invoice': 'partner.invoice',
  'partner.technical-acknowledgement': 'partner.technical-acknowledgement',
  'shop.fulfilment': 'shop.fulfilment',
  'webhook.event': 'webhook.event',
  'notify.people': 'notify.people',
  'customer.message': 'customer.message',
} as const satisfies { readonly [Name in Operation]: Name }

const OperationName = z.enum(everyOperation)

/** An operation as the outbox kept it. */
export function operationOf(name: string): Operation {
  return OperationName.parse(name)
}
