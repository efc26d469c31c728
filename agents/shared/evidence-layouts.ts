import { candidatesLayout as candidates, type Layout } from './evidence-layout.ts'
import { layoutsOfMoney } from './evidence-layouts-of-money.ts'

/** How what each tool found is shown; tools that only look something up show nothing. */
export const layouts: Readonly<Record<string, readonly Layout[]>> = {
  ...layoutsOfMoney,
  order_search: [
    {
      title: 'Orders',
      list: 'items',
      columns: [
        ['order', 'order_number'],
        ['PO', 'purchase_order_number'],
        ['customer', 'customer_name'],
        ['stage', 'stage'],
        ['holds', 'holds'],
        ['total', 'total'],
        ['received', 'received_at'],
      ],
    },
  ],
  order_get: [
    {
      title: 'Order',
      columns: [
        ['order', 'order_number'],
        ['PO', 'purchase_order_number'],
        ['customer', 'customer_name'],
        ['stage', 'stage'],
        ['total', 'total'],
        ['received', 'received_at'],
        ['wanted', 'requested_on'],
      ],
    },
    {
      title: 'Holds',
      list: 'holds',
      columns: [
        ['type', 'type'],
        ['line', 'line'],
        ['reason', 'reason'],
        ['in force', 'is_in_force'],
        ['placed', 'placed_at'],
      ],
    },
    {
      title: 'Calls to other systems',
      list: 'transactions',
      columns: [
        ['call', 'operation'],
        ['status', 'status'],
        ['attempts', 'attempts'],
        ['class', 'error_class'],
        ['id', 'transaction_id'],
      ],
    },
    {
      title: 'Last on its timeline',
      list: 'timeline',
      columns: [
        ['at', 'at'],
        ['what', 'summary'],
        ['who', 'actor'],
      ],
    },
  ],
  order_validate: [
    {
      title: 'Findings',
      list: 'findings',
      columns: [
        ['kind', 'kind'],
        ['line', 'line'],
        ['what', 'message'],
        ['difference', 'difference'],
      ],
    },
    {
      title: 'Lines',
      list: 'lines',
      columns: [
        ['line', 'line'],
        ['SKU', 'sku'],
        ['quantity', 'quantity_each'],
        ['their price', 'sent_unit_price'],
        ['our price', 'unit_price'],
        ['source', 'price_source'],
        ['promised', 'promised_on'],
      ],
    },
    candidates,
  ],
  order_alternatives: [
    {
      title: 'Instead',
      list: 'items',
      columns: [
        ['rank', 'rank'],
        ['way', 'kind'],
        ['what', 'text'],
        ['cost', 'money'],
        ['candidate', 'candidate_id'],
      ],
    },
  ],
  failure_search: [
    {
      title: 'Failed transactions',
      list: 'items',
      columns: [
        ['call', 'operation'],
        ['about', 'number'],
        ['class', 'error_class'],
        ['code', 'error_code'],
        ['attempts', 'attempts'],
        ['since', 'created_at'],
        ['id', 'transaction_id'],
      ],
    },
  ],
  failure_triage: [
    {
      title: 'Causes',
      list: 'items',
      columns: [
        ['cause', 'cause'],
        ['class', 'error_class'],
        ['calls', 'calls'],
        ['behind it', 'dependants'],
        ['orders', 'orders'],
        ['blocked', 'blocked'],
        ['remedy', 'remedy'],
        ['last failed', 'last_failed_at'],
      ],
    },
    candidates,
  ],
  replay_safety: [
    {
      title: 'What a replay would do',
      list: 'causes',
      columns: [
        ['cause', 'cause'],
        ['safe now', 'is_safe_now'],
        ['goes again', 'goes_again'],
        ['left out', 'dropped_count'],
        ['parked', 'parked'],
        ['in quarantine', 'quarantined'],
      ],
    },
    {
      title: 'Left out',
      list: 'dropped',
      columns: [
        ['call', 'operation'],
        ['why', 'reason'],
        ['id', 'transaction_id'],
      ],
    },
  ],
  transaction_get: [
    {
      title: 'Transaction',
      columns: [
        ['call', 'operation'],
        ['about', 'number'],
        ['status', 'status'],
        ['attempts', 'attempts'],
        ['class', 'error_class'],
        ['id', 'transaction_id'],
      ],
    },
    candidates,
  ],
  runbook_get: [
    {
      title: 'Runbook',
      columns: [
        ['class', 'error_class'],
        ['means', 'about'],
        ['by itself', 'auto_retry'],
        ['what to do', 'advice'],
        ['remedy', 'remedy'],
      ],
    },
  ],
  integration_health: [
    {
      title: 'Connections',
      list: 'items',
      columns: [
        ['connection', 'name'],
        ['kind', 'kind'],
        ['on', 'is_enabled'],
        ['circuit', 'circuit'],
        ['failures in a row', 'consecutive_failures'],
        ['last worked', 'last_succeeded_at'],
        ['last failed', 'last_failed_at'],
      ],
    },
  ],
  proposal_search: [
    {
      title: 'Proposals',
      list: 'items',
      columns: [
        ['proposal', 'proposal_id'],
        ['what', 'summary'],
        ['about', 'subject'],
        ['money', 'money'],
        ['status', 'status'],
        ['who decides', 'required_role'],
        ['until', 'expires_at'],
      ],
    },
  ],
  hold_worklist: [
    {
      title: 'Holds, the nearest deadline first',
      list: 'items',
      columns: [
        ['order', 'order_number'],
        ['line', 'line'],
        ['hold', 'type'],
        ['reason', 'reason'],
        ['customer', 'customer_name'],
        ['total', 'total'],
        ['promise', 'promise'],
        ['broken at', 'promise_ends_at'],
        ['ends', 'expires_at'],
      ],
    },
  ],
  partner_sla: [
    {
      title: 'Promises in time, by partner',
      list: 'items',
      columns: [
        ['partner', 'name'],
        ['promise', 'promise'],
        ['kept', 'kept'],
        ['broken', 'broken'],
        ['running', 'running'],
        ['late now', 'running_late'],
        ['expected late', 'expected_late'],
        ['next broken at', 'next_breach_at'],
      ],
    },
  ],
  sla_forecast: [
    {
      title: 'Promises at the pace of the last hour',
      list: 'targets',
      columns: [
        ['promise', 'promise'],
        ['running', 'running'],
        ['done per hour', 'served_per_hour'],
        ['expected late', 'expected_late'],
        ['below target', 'is_below_target'],
      ],
    },
  ],
}
