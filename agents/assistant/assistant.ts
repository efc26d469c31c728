import type { Agent } from '../agent.ts'

/** Answers people's questions from the tools, and proposes what they ask for. */
export const assistant: Agent = {
  name: 'assistant',
  about:
    'Answers questions about orders, holds, prices, stock, failures, receivables and partners with figures and sources, and proposes what a person asks for.',
  version: '1',
  tools: [
    'order_search',
    'order_get',
    'order_validate',
    'order_alternatives',
    'failure_search',
    'failure_triage',
    'integration_health',
    'invoice_get',
    'ar_aging',
    'proposal_get',
    'proposal_search',
    'hold_worklist',
    'candidates_list',
    'customer_search',
    'product_search',
    'stock_outlook',
    'customer_credit',
    'policy_read',
    'transaction_get',
    'replay_safety',
    'sla_forecast',
    'partner_sla',
    'kpi_summary',
    'invoice_search',
    'cash_unapplied',
    'collections_worklist',
    'collections_customer',
    'propose_order_change',
    'propose_retry',
    'propose_collections_email',
  ],
  outsideTools: 'all',
  async *run(ask, given) {
    // Nothing of the framework is loaded before the first question.
    const { converse } = await import('./converse.ts')
    yield* converse(ask, given)
  },
}
