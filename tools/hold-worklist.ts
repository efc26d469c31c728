import { z } from 'zod'
import { blockableSteps, holdTypes, stages } from '../backbone/canonical/order-state.ts'
import type { HeldOrderView } from '../backbone/canonical/views/hold-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, momentArgument, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { Money, moneyOf } from './wire/money.ts'
import { ownText, reference } from './wire/outside-text.ts'
import { listOf, pageAnswer, pageQuery } from './wire/page.ts'

const Item = z.object({
  hold_id: z.string(),
  order_id: z.string(),
  order_number: z.string(),
  stage: z.enum(stages),
  line: z.string().optional(),
  type: z.enum(holdTypes),
  blocks: z.array(z.enum(blockableSteps)),
  reason: z.string(),
  waits_for: z.array(z.string()).optional().describe('Conditions that are not met yet.'),
  placed_at: z.string(),
  placed_by: z.string(),
  expires_at: z.string().optional(),
  customer_number: z.string().optional(),
  customer_name: z.string().optional(),
  purchase_order_number: z.string(),
  total: Money,
  received_at: z.string(),
  requested_on: z.string().optional(),
  promised_on: z.string().optional(),
  promise: z.string().optional().describe('What was promised in time and is not done yet.'),
  promise_ends_at: z.string().optional().describe('When that promise is broken.'),
  is_resting: z.boolean().describe('The promise rests, because the order waits for the customer.'),
})

function itemOf(hold: HeldOrderView): z.input<typeof Item> {
  const open = Object.entries(hold.conditions).flatMap(([name, met]) => (met === null ? name : []))
  return given({
    hold_id: hold.holdId,
    order_id: hold.orderId,
    order_number: hold.orderNumber,
    stage: hold.stage,
    line: hold.line,
    type: hold.type,
    blocks: hold.blocks,
    reason: ownText(hold.reason, 300),
    waits_for: open.length === 0 ? null : open,
    placed_at: hold.placedAt,
    placed_by: hold.placedBy,
    expires_at: hold.expiresAt,
    customer_number: hold.customerNumber,
    customer_name: hold.customerName,
    purchase_order_number: reference(hold.purchaseOrderNumber),
    total: moneyOf(hold.totalMinor, hold.currency),
    received_at: hold.receivedAt,
    requested_on: hold.requestedOn,
    promised_on: hold.promisedOn,
    promise: hold.promise,
    promise_ends_at: hold.promiseEndsAt,
    is_resting: hold.isResting,
  })
}

/** Holds in force by deadline. */
export const holdWorklist = readTool({
  name: 'hold_worklist',
  title: 'Holds by deadline',
  about:
    'Holds in force, the one whose promise in time ends first before the others: what must be decided next, with order, customer, money and reason.',
  scope: 'o2c:read',
  publish: 'internal',
  keeps: ['hold_id', 'order_id', 'order_number'],
  input: z.strictObject({
    type: oneOf(holdTypes, 'Only holds of a type.').optional(),
    blocks: oneOf(blockableSteps, 'Only holds that block a step.').optional(),
    customer_number: referenceArgument('Orders of one customer.', 40).optional(),
    order_id: referenceArgument('Holds of one order.').optional(),
    is_for_people: z
      .boolean()
      .default(true)
      .describe('Without cancel windows, which end by themselves.'),
    due_before: momentArgument('Only with a deadline before.').optional(),
    fields: fieldsOf([
      'stage',
      'line',
      'type',
      'blocks',
      'reason',
      'waits_for',
      'placed_at',
      'placed_by',
      'expires_at',
      'customer_number',
      'customer_name',
      'purchase_order_number',
      'total',
      'received_at',
      'requested_on',
      'promised_on',
      'promise',
      'promise_ends_at',
      'is_resting',
    ]),
    ...paging(12, 60),
  }),
  output: listOf(Item),
  run: async ({ holds, now }, { tenantId }, input) =>
    pageAnswer(
      now(),
      await holds.list({
        tenantId,
        page: pageQuery(input),
        type: input.type,
        blocks: input.blocks,
        customerNumber: input.customer_number,
        orderId: input.order_id,
        isForPeople: input.is_for_people,
        dueBefore: input.due_before,
      }),
      itemOf,
    ),
})
