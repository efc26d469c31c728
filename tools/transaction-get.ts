import { z } from 'zod'
import { readTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { given } from './wire/given.ts'
import { found } from './wire/not-found.ts'
import { plainText, reference, UntrustedText, untrusted } from './wire/outside-text.ts'
import { asOf } from './wire/page.ts'

const shownTries = 10

const Try = z.object({
  attempt: z.int(),
  started_at: z.string(),
  finished_at: z.string(),
  outcome: z.string(),
  code: z.string().optional(),
  untrusted_text: UntrustedText.optional(),
})

const Output = z.object({
  ...asOf,
  transaction_id: z.string(),
  direction: z.enum(['in', 'out']),
  connection_id: z.string(),
  operation: z.string(),
  order_id: z.string().optional(),
  number: z.string(),
  status: z.string(),
  attempts: z.int(),
  replays: z.int(),
  error_class: z.string().optional(),
  error_code: z.string().optional(),
  untrusted_text: UntrustedText.optional().describe('What the other system said last.'),
  cluster_id: z.string().optional(),
  created_at: z.string(),
  sent_at: z.string().optional(),
  due_at: z.string().optional(),
  finished_at: z.string().optional(),
  tries: z.array(Try).describe('The newest first.'),
  candidates: z.array(WireCandidate).describe('What could be done about it now.'),
})

/** One call or document with its tries. */
export const transactionGet = readTool({
  name: 'transaction_get',
  title: 'Look at a transaction',
  about:
    'One transaction by its id: what was asked of which system, every try and what came back, and what could be done. The payload itself is not shown.',
  scope: 'ops:read',
  publish: 'internal',
  input: z.strictObject({ transaction_id: referenceArgument('The transaction id.') }),
  output: Output,
  run: async ({ transactions, proposals, now }, { tenantId }, { transaction_id: id }) => {
    const call = found(
      await transactions.get(tenantId, id),
      'transaction',
      'failure_search finds them.',
    )
    const subject = { kind: 'transaction' as const, id: call.transactionId }
    const candidates = await proposals.candidates({ tenantId, subject })
    return given({
      as_of: now(),
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
      untrusted_text: untrusted(call.errorMessage) ?? null,
      cluster_id: call.clusterId === null ? null : plainText(call.clusterId, 500),
      created_at: call.createdAt,
      sent_at: call.sentAt,
      due_at: call.dueAt,
      finished_at: call.finishedAt,
      tries: call.tries
        .toReversed()
        .slice(0, shownTries)
        .map(({ attempt, startedAt, finishedAt, outcome, code, message }) =>
          given({
            ...{ attempt, started_at: startedAt, finished_at: finishedAt, outcome },
            code: code === null ? null : reference(code),
            untrusted_text: untrusted(message, 200) ?? null,
          }),
        ),
      candidates: candidatesOf(candidates.slice(0, 4), subject.id),
    })
  },
})
