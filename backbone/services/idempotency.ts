import type { Database } from '../store/database.ts'
import { beginAnswer, type IdempotentRequest } from '../store/idempotency/begin-answer.ts'
import { finishAnswer, forgetAnswer } from '../store/idempotency/finish-answer.ts'

/** What a repeated POST finds: nothing, an answer to give again, or a reason to refuse. */
type Beginning =
  | { readonly state: 'new' }
  | { readonly state: 'answered'; readonly status: number; readonly response: string }
  | { readonly state: 'in-flight' }
  | { readonly state: 'other-body' }

/** A POST under an Idempotency-Key, and whose it is. */
export type KeyedRequest = IdempotentRequest & { readonly tenantId: string }

/** Remembers answers to POSTs for 24 hours, so that a repeat under the same key has no second effect. */
export type IdempotencyService = {
  begin(request: KeyedRequest): Promise<Beginning>
  finish(request: KeyedRequest, answer: { status: number; response: string }): Promise<void>
  forget(request: KeyedRequest): Promise<void>
}

/** The memory of answers in the store. */
export function idempotencyService({
  database,
}: {
  readonly database: Database
}): IdempotencyService {
  return {
    async begin(request) {
      const earlier = await database.inTenant(request.tenantId, (tx) => beginAnswer(tx, request))
      if (earlier === undefined) return { state: 'new' }
      if (earlier.bodyHash !== request.bodyHash) return { state: 'other-body' }
      if (earlier.status === null || earlier.response === null) return { state: 'in-flight' }
      return { state: 'answered', status: earlier.status, response: earlier.response }
    },
    finish: (request, answer) =>
      database.inTenant(request.tenantId, (tx) => finishAnswer(tx, request, answer)),
    forget: (request) => database.inTenant(request.tenantId, (tx) => forgetAnswer(tx, request)),
  }
}
