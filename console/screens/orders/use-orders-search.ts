import { useNavigate, useSearch } from '@tanstack/react-router'
import { ordersSearch } from './orders-search.ts'

/** What the list is narrowed to, and how that is changed: by a part of it, or as a whole. */
export function useOrdersSearch() {
  const search = ordersSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const show = (next: Readonly<Record<string, unknown>>) =>
    void navigate({ to: '/orders', search: ordersSearch(next), replace: true })
  return {
    search,
    show,
    narrow: (change: Readonly<Record<string, unknown>>) => show({ ...search, ...change }),
  }
}

/** What `useOrdersSearch` gives. */
export type OrdersNarrowing = ReturnType<typeof useOrdersSearch>
