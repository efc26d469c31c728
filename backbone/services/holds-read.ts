import type { HeldOrderView } from '../canonical/views/hold-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { Database } from '../store/database.ts'
import { type HoldFilter, listHolds } from '../store/reading/list-holds.ts'

/** What is held, and until when somebody has to look at it. */
export type HoldsReadService = {
  /** Holds in force, the one whose deadline is nearest first. */
  list(
    query: HoldFilter & { readonly tenantId: string; readonly page: PageQuery },
  ): Promise<Page<HeldOrderView>>
}

/** Reads holds from the store. */
export function holdsReadService({ database }: { readonly database: Database }): HoldsReadService {
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listHolds(tx, filter, page)),
  }
}
