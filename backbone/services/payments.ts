import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { PaymentView } from '../canonical/views/payment-view.ts'
import type { Database } from '../store/database.ts'
import { listPayments, type PaymentFilter } from '../store/reading/list-payments.ts'

/** Money that arrived. */
export type PaymentsService = {
  list(
    query: PaymentFilter & { readonly tenantId: string; readonly page: PageQuery },
  ): Promise<Page<PaymentView>>
}

/** Reads payments from the store. */
export function paymentsService({ database }: { readonly database: Database }): PaymentsService {
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listPayments(tx, filter, page)),
  }
}
