import type { ProfileDraft } from '../../canonical/agent-profile.ts'

/** A profile somebody starts from, and the words of a goal that speak for it. */
export type ProfileTemplate = {
  readonly template: string
  readonly about: string
  /** Parts of words, in small letters. */
  readonly words: readonly string[]
  readonly draft: Omit<ProfileDraft, 'goal' | 'owner'>
}

const budget = { modelCalls: 8, tokens: 40_000, costMicros: 200_000, seconds: 60 }
const ofOrders = ['order_search', 'order_get', 'order_validate', 'candidates_list', 'proposal_get']
const bounds = { mostProposals: 20, mostMoney: [], customerNumbers: [], isTaintRefused: false }
const common = { approval: 'person', budget, runsOnEvents: false, dailyAt: null } as const

/** The profiles a house starts from. */
export const profileTemplates: readonly ProfileTemplate[] = [
  {
    template: 'price-desk',
    about:
      'Looks at orders held for their prices, says which price is right and why, and proposes how to settle each.',
    words: [
      'price',
      'pricing',
      'discount',
      'overcharg',
      'undercharg',
      'contract',
      'agreement',
      'promo',
    ],
    draft: {
      ...common,
      name: 'price-desk',
      title: 'Price desk',
      agent: 'order-validation',
      tools: [...ofOrders, 'propose_order_change'],
      guardrails: { ...bounds, actKinds: ['reprice-line', 'release-hold'] },
      runsOnEvents: true,
    },
  },
  {
    template: 'credit-desk',
    about:
      'Looks at orders held for credit before the cut-off and proposes releases with the exposure beside them.',
    words: ['credit', 'limit', 'exposure', 'release', 'blocked', 'overdue customer'],
    draft: {
      ...common,
      name: 'credit-desk',
      title: 'Credit desk',
      agent: 'order-validation',
      tools: [...ofOrders, 'customer_credit', 'ar_aging', 'propose_order_change'],
      guardrails: { ...bounds, actKinds: ['release-hold'] },
      dailyAt: '09:00',
    },
  },
  {
    template: 'stock-outs',
    about:
      'Finds allowed goods in stock for lines that cannot be delivered, with what each way costs.',
    words: [
      'stock',
      'substitut',
      'alternativ',
      'backorder',
      'replace',
      'shortage',
      'sold out',
      'short',
    ],
    draft: {
      ...common,
      name: 'stock-outs',
      title: 'Stock-outs',
      agent: 'substitution',
      tools: [...ofOrders, 'order_alternatives', 'propose_order_change'],
      guardrails: { ...bounds, actKinds: ['substitute-line', 'split-line', 'backorder-line'] },
      runsOnEvents: true,
    },
  },
  {
    template: 'failure-triage',
    about:
      'Puts failed transactions together by their root cause and proposes what may safely be sent again.',
    words: [
      'fail',
      'error',
      'transaction',
      'retry',
      'replay',
      'integration',
      'edi',
      'stuck',
      'triage',
    ],
    draft: {
      ...common,
      name: 'failure-triage',
      title: 'Failure triage',
      agent: 'triage',
      tools: [
        'failure_search',
        'failure_triage',
        'replay_safety',
        'transaction_get',
        'integration_health',
        'candidates_list',
        'proposal_get',
        'propose_retry',
      ],
      guardrails: { ...bounds, actKinds: ['retry-transactions'] },
      runsOnEvents: true,
      dailyAt: '06:30',
    },
  },
  {
    template: 'morning-collections',
    about:
      'Drafts the messages of the day to customers who are late, from the ledger as it stands.',
    words: [
      'collect',
      'overdue',
      'invoice',
      'dunning',
      'chase',
      'remind',
      'unpaid',
      'late pay',
      'receivable',
    ],
    draft: {
      ...common,
      name: 'morning-collections',
      title: 'Morning collections',
      agent: 'collections',
      tools: [
        'collections_worklist',
        'collections_customer',
        'cash_unapplied',
        'ar_aging',
        'invoice_get',
        'candidates_list',
        'proposal_get',
        'propose_collections_email',
      ],
      guardrails: { ...bounds, actKinds: ['send-collections-message'], mostProposals: 50 },
      dailyAt: '07:00',
    },
  },
  {
    template: 'daily-brief',
    about:
      'Reads only: says every morning what is stuck, what failed, what is due, and what waits for whom.',
    words: [
      'brief',
      'summary',
      'summar',
      'report',
      'tell me',
      'overview',
      'digest',
      'watch',
      'monitor',
    ],
    draft: {
      ...common,
      name: 'daily-brief',
      title: 'Daily brief',
      agent: 'assistant',
      tools: [
        'order_search',
        'failure_search',
        'integration_health',
        'ar_aging',
        'hold_worklist',
        'sla_forecast',
        'proposal_search',
      ],
      guardrails: { ...bounds, actKinds: [], mostProposals: 0 },
      dailyAt: '07:00',
    },
  },
]
