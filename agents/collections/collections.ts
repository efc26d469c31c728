import type { Agent } from '../agent.ts'
import { analysisAgent } from '../shared/analysis-agent.ts'
import { planCollections, planCustomer } from './plan-collections.ts'

/** Says whom to ask for money and how, and proposes the messages the ladder allows. */
export const collections: Agent = analysisAgent({
  name: 'collections',
  about:
    'Goes through the collections worklist: a message per customer contact from the ledger, or "clear cash first", or why not; proposes the messages.',
  version: '1',
  tools: [
    'collections_worklist',
    'collections_customer',
    'ar_aging',
    'cash_unapplied',
    'propose_collections_email',
  ],
  investigate: ({ subject, timeZone }) =>
    subject?.kind === 'customer'
      ? planCustomer(subject.id, { timeZone })
      : planCollections({ timeZone, drafts: 20 }),
})
