import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { QuarantineView } from '../canonical/views/receipt-view.ts'
import type { Database } from '../store/database.ts'
import { listQuarantine } from '../store/reading/receipts.ts'

/** Input that waits for a person's decision. */
export type QuarantineService = {
  list(query: {
    readonly tenantId: string
    readonly page: PageQuery
    readonly status?: string | undefined
    readonly kind?: string | undefined
  }): Promise<Page<QuarantineView>>
}

/** Reads the quarantine from the store. */
export function quarantineService({
  database,
}: {
  readonly database: Database
}): QuarantineService {
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listQuarantine(tx, filter, page)),
  }
}
