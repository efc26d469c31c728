import { defineStep, noFacts } from '../define-step.ts'

/** Paid in full: the order's way ends. */
export const closeOrder = defineStep({
  name: 'close-order',
  from: ['paid'],
  isNeeded: () => true,
  load: noFacts,
  decide: (order) => ({
    order: { ...order, stage: 'closed' as const },
    events: [
      {
        kind: 'order.closed',
        actor: 'order-flow',
        summary: 'Every invoice is paid: the order is closed.',
      },
    ],
  }),
})
