import type { Stage } from '../canonical/order-state.ts'
import { normalisePurchaseOrder } from '../canonical/purchase-order-number.ts'
import type { OrderSummary, OrderView } from '../canonical/views/order-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { Database } from '../store/database.ts'
import { findOrderId, getOrder } from '../store/reading/get-order.ts'
import { listOrders } from '../store/reading/list-orders.ts'

/** Which orders a person looks for; `reference` is any number the order goes by. */
type OrderQuery = {
  readonly tenantId: string
  readonly page: PageQuery
  readonly stage?: Stage | undefined
  readonly customerNumber?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly isHeld?: boolean | undefined
  readonly reference?: string | undefined
}

/** Orders as people and programs look at them. */
export type OrdersReadService = {
  list(query: OrderQuery): Promise<Page<OrderSummary>>
  /** By id or order number. */
  get(tenantId: string, reference: string): Promise<OrderView | undefined>
  /** The id of the order with this id or order number. */
  idOf(tenantId: string, reference: string): Promise<string | undefined>
}

/** Reads orders from the store. */
export function ordersReadService({
  database,
}: {
  readonly database: Database
}): OrdersReadService {
  return {
    list: ({ tenantId, page, reference, ...filter }) =>
      database.inTenant(tenantId, (tx) =>
        listOrders(
          tx,
          {
            ...filter,
            reference:
              reference === undefined
                ? undefined
                : { text: reference, poNormalised: normalisePurchaseOrder(reference) },
          },
          page,
        ),
      ),
    get: (tenantId, reference) => database.inTenant(tenantId, (tx) => getOrder(tx, reference)),
    idOf: (tenantId, reference) => database.inTenant(tenantId, (tx) => findOrderId(tx, reference)),
  }
}
