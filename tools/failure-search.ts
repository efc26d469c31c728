import { z } from 'zod'
import { FailureClass } from '../backbone/canonical/failures/failure-class.ts'
import type { TransactionSummary } from '../backbone/canonical/views/transaction-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, momentArgument, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { plainText, reference, UntrustedText, untrusted } from './wire/outside-text.ts'
import { listOf, pageAnswer, pageQuery } from './wire/page.ts'

const statuses = [
  'failed',
  'in-doubt',
  'waiting',
  'sending',
  'succeeded',
  'dropped',
  'quarantined',
  'conflict',
] as const

const Item = z.object({
  transaction_id: z.string(),
  direction: z.enum(['in', 'out']),
  connection_id: z.string(),
  operation: z.string(),
  order_id: z.string().optional(),
  number: z.string().describe('What it is about, as it was written.'),
  status: z.string(),
  attempts: z.int(),
  replays: z.int(),
  error_class: z.string().optional(),
  error_code: z.string().optional(),
  untrusted_text: UntrustedText.optional().describe('What the other system said.'),
  cluster_id: z.string().optional(),
  created_at: z.string(),
  due_at: z.string().optional().describe('When it is tried next.'),
  finished_at: z.string().optional(),
})

function itemOf(call: TransactionSummary): z.input<typeof Item> {
  return given({
    transaction_id: call.transactionId,
    direction: call.direction,
    connection_id: call.connectionId,
    operation: call.operation,
    order_id: call.orderId,
    number: reference(call.naturalKey),
    status: call.status,
    attempts: call.attempts,
    replays: call.replays,
    error_class: call.errorClass,
    error_code: call.errorCode === null ? null : reference(call.errorCode),
    untrusted_text: untrusted(call.errorMessage, 200) ?? null,
    cluster_id: call.clusterId === null ? null : plainText(call.clusterId, 500),
    created_at: call.createdAt,
    due_at: call.dueAt,
    finished_at: call.finishedAt,
  })
}

/** Finds calls and documents that failed. */
export const failureSearch = readTool({
  name: 'failure_search',
  title: 'Find failed transactions',
  about:
    'Finds transactions, the failed ones unless another status is named: calls to outside systems by time, connection, operation, class of error, order or text; the newest first.',
  scope: 'ops:read',
  publish: 'mcp',
  keeps: ['transaction_id'],
  input: z.strictObject({
    status: oneOf(statuses, 'How it stands.').default('failed'),
    direction: oneOf(['in', 'out'], 'Documents in or calls out.').optional(),
    connection_id: referenceArgument('The connection it went through.').optional(),
    operation: referenceArgument('What was asked for, such as erp.create-order.').optional(),
    error_class: oneOf(FailureClass.options, 'Class of the error.').optional(),
    order_id: referenceArgument('The id of its order.').optional(),
    text: referenceArgument('Part of a number or of the message.').optional(),
    since: momentArgument('Made at or after.').optional(),
    fields: fieldsOf([
      'direction',
      'connection_id',
      'operation',
      'order_id',
      'number',
      'status',
      'attempts',
      'replays',
      'error_class',
      'error_code',
      'untrusted_text',
      'cluster_id',
      'created_at',
      'due_at',
      'finished_at',
    ]),
    ...paging(15),
  }),
  output: listOf(Item),
  run: async ({ transactions, now }, { tenantId }, input) =>
    pageAnswer(
      now(),
      await transactions.list({
        tenantId,
        page: pageQuery(input),
        status: input.status,
        direction: input.direction,
        connectionId: input.connection_id,
        operation: input.operation,
        errorClass: input.error_class,
        orderId: input.order_id,
        text: input.text,
        since: input.since,
      }),
      itemOf,
    ),
})
