import { candidatesLayout as candidates, type Layout } from './evidence-layout.ts'

/** How what the tools of receivables found is shown. */
export const layoutsOfMoney: Readonly<Record<string, readonly Layout[]>> = {
  invoice_get: [
    {
      title: 'Invoice',
      columns: [
        ['invoice', 'invoice_number'],
        ['order', 'order_number'],
        ['customer', 'customer_number'],
        ['total', 'total'],
        ['open', 'open'],
        ['due', 'due_on'],
        ['status', 'status'],
      ],
    },
  ],
  ar_aging: [
    {
      title: 'Owed, in all',
      list: 'totals',
      columns: [
        ['currency', 'currency'],
        ['customers', 'customers'],
        ['open', 'open'],
        ['overdue', 'overdue'],
        ['disputed', 'disputed'],
        ['unapplied', 'unapplied'],
      ],
    },
    {
      title: 'Owed, by customer',
      list: 'items',
      columns: [
        ['customer', 'customer_number'],
        ['name', 'name'],
        ['open', 'open'],
        ['overdue', 'overdue'],
        ['disputed', 'disputed'],
        ['promised', 'promised'],
        ['unapplied', 'unapplied'],
      ],
    },
    candidates,
  ],
  customer_credit: [
    {
      title: 'Credit',
      list: 'accounts',
      columns: [
        ['customer', 'customer_number'],
        ['limit', 'limit'],
        ['exposure', 'exposure'],
        ['free', 'free'],
        ['open invoices', 'open_invoices'],
        ['overdue', 'overdue'],
        ['open orders', 'open_orders'],
        ['dunning level', 'dunning_level'],
        ['broken promises', 'broken_promises'],
      ],
    },
  ],
  cash_unapplied: [
    {
      title: 'Unapplied money',
      list: 'items',
      columns: [
        ['payment', 'payment_number'],
        ['customer', 'customer_number'],
        ['amount', 'amount'],
        ['left', 'unapplied'],
        ['booked', 'booked_on'],
        ['why', 'why'],
      ],
    },
  ],
  collections_worklist: [
    {
      title: 'Whom to ask for money',
      list: 'items',
      columns: [
        ['customer', 'customer_number'],
        ['name', 'name'],
        ['what', 'kind'],
        ['level', 'level'],
        ['tone', 'tone'],
        ['by', 'channel'],
        ['days', 'oldest_days'],
        ['claim', 'claim'],
        ['open', 'open'],
        ['not before', 'not_before'],
      ],
    },
  ],
  collections_customer: [
    {
      title: 'Open invoices',
      list: 'claims',
      columns: [
        ['invoice', 'invoice_number'],
        ['due', 'due_on'],
        ['days late', 'days_past_due'],
        ['open', 'open'],
        ['claim', 'claim'],
      ],
    },
    {
      title: 'Promises',
      list: 'promises',
      columns: [
        ['amount', 'amount'],
        ['for', 'promised_on'],
        ['status', 'status'],
      ],
    },
    {
      title: 'Disputes',
      list: 'disputes',
      columns: [
        ['invoice', 'invoice_number'],
        ['amount', 'amount'],
        ['code', 'code'],
        ['status', 'status'],
      ],
    },
    candidates,
  ],
  invoice_search: [
    {
      title: 'Invoices',
      list: 'items',
      columns: [
        ['invoice', 'invoice_number'],
        ['order', 'order_number'],
        ['customer', 'customer_number'],
        ['total', 'total'],
        ['open', 'open'],
        ['due', 'due_on'],
        ['status', 'status'],
      ],
    },
  ],
}
