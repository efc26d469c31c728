import { z } from 'zod'
import { holdTypes, stages } from '../backbone/canonical/order-state.ts'
import type { OrderSummary } from '../backbone/canonical/views/order-view.ts'
import { readTool } from './tool.ts'
import {
  fieldsOf,
  momentArgument,
  oneOf,
  paging,
  referenceArgument,
  yesNo,
} from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { Money, moneyOf } from './wire/money.ts'
import { reference } from './wire/outside-text.ts'
import { listOf, pageAnswer, pageQuery } from './wire/page.ts'

const Item = z.object({
  order_id: z.string(),
  order_number: z.string(),
  stage: z.enum(stages),
  is_partly: z.boolean().describe('Some part is further than the stage says.'),
  customer_number: z.string().optional(),
  customer_name: z.string().optional(),
  purchase_order_number: z.string().describe('As the buyer wrote it.'),
  total: Money,
  line_count: z.int(),
  holds: z.array(z.enum(holdTypes)).describe('Types of the holds in force.'),
  is_acknowledged: z.boolean(),
  received_at: z.string(),
  requested_on: z.string().optional(),
  updated_at: z.string(),
})

function itemOf(order: OrderSummary): z.input<typeof Item> {
  return given({
    order_id: order.orderId,
    order_number: order.orderNumber,
    stage: order.stage,
    is_partly: order.isPartly,
    customer_number: order.customerNumber,
    customer_name: order.customerName,
    purchase_order_number: reference(order.purchaseOrderNumber),
    total: moneyOf(order.totalMinor, order.currency),
    line_count: order.lineCount,
    holds: order.activeHolds,
    is_acknowledged: order.isAcknowledged,
    received_at: order.receivedAt,
    requested_on: order.requestedOn,
    updated_at: order.updatedAt,
  })
}

/** Finds orders by any of their numbers, stage, customer or time. */
export const orderSearch = readTool({
  name: 'order_search',
  title: 'Find orders',
  about:
    'Finds orders by any number they go by, by stage, customer, holds or time of receipt; the newest first.',
  scope: 'o2c:read',
  publish: 'mcp',
  keeps: ['order_id', 'order_number'],
  input: z.strictObject({
    text: referenceArgument(
      'A number the order goes by: order, purchase order, customer, SKU, invoice, shipment or pick.',
      80,
    ).optional(),
    stage: oneOf(stages, 'Where the order is.').optional(),
    customer_number: referenceArgument('Our number of the customer.', 40).optional(),
    is_held: yesNo('Whether a hold on the release is in force.'),
    received_since: momentArgument('Received at or after.').optional(),
    received_before: momentArgument('Received before.').optional(),
    fields: fieldsOf([
      'stage',
      'is_partly',
      'customer_number',
      'customer_name',
      'purchase_order_number',
      'total',
      'line_count',
      'holds',
      'is_acknowledged',
      'received_at',
      'requested_on',
      'updated_at',
    ]),
    ...paging(15),
  }),
  output: listOf(Item),
  run: async ({ orders, now }, { tenantId }, input) =>
    pageAnswer(
      now(),
      await orders.list({
        tenantId,
        page: pageQuery(input),
        stages: input.stage === undefined ? undefined : [input.stage],
        customerNumber: input.customer_number,
        isHeld: input.is_held,
        reference: input.text,
        isWholeReference: true,
        since: input.received_since,
        until: input.received_before,
      }),
      itemOf,
    ),
})
