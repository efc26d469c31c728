import type { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import type {
  ActKind,
  Change,
  MoneyAtStake,
  RecordVersion,
  Subject,
} from '../../canonical/proposal.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'

/** What an act would do now, read from the records: shown to whoever decides, compared before it is done. */
export type ActPicture = {
  readonly subject: Subject
  readonly title: string
  readonly changes: readonly Change[]
  readonly evidence: readonly Evidence[]
  /** Every record the act rests on; another version at the decision makes the proposal stale. */
  readonly records: readonly RecordVersion[]
  readonly money?: MoneyAtStake
  /** The order whose timeline tells of it. */
  readonly orderId?: string
  /** In policy and exact: a tenant's policy may let it pass without a person. Absent: never. */
  readonly isExact?: boolean
  /** The least role that may decide it where that is above what its kind and amount ask: a price below the floor. */
  readonly leastRole?: 'approver' | 'admin'
}

/** Under whose decision an act is done; `actor` goes on the record, `effectKey` keys what leaves the house. */
export type ActExecution = {
  readonly proposalId: string
  readonly actor: string
  /** Why, in the words of whoever decided; goes on the record where they gave any. */
  readonly reason?: string
  readonly effectKey: string
  /** The records as whoever decided saw them: an act that locks what it takes compares them once more under its locks. */
  readonly records?: readonly RecordVersion[]
  /** Whoever asked, approved or stood behind the approver, as the record writes them: `person:Ann Lee`, `agent:triage`. */
  readonly behind: readonly string[]
  readonly queue: JobQueue
}

/** What became of it. A refusal is a result: the rules of the backbone stand behind every approval. */
export type ActOutcome =
  | { readonly status: 'done'; readonly message: string }
  /** Calls that are on their way; the act has succeeded when they have. */
  | {
      readonly status: 'requested'
      readonly message: string
      readonly transactionIds: readonly string[]
    }
  | { readonly status: 'refused'; readonly message: string }

/**
 * One kind of act: the same for an approved proposal and for a person's own. `payload` names records, never prices,
 * amounts, recipients or texts of a caller; only `edit` may change words, by a person.
 */
export type Act<Payload> = {
  readonly kind: ActKind
  readonly payload: z.ZodType<Payload>
  /** What a person may change before approving, and how it is put into the payload again (checked, or it throws). */
  readonly edit?: {
    readonly fields: z.ZodObject
    draftOf(payload: Payload): Readonly<Record<string, unknown>>
    apply(
      tx: TenantTx,
      payload: Payload,
      draft: Readonly<Record<string, unknown>>,
    ): Promise<Payload>
  }
  /** What the act would do now; a sentence instead when it cannot be done any more. */
  picture(tx: TenantTx, payload: Payload): Promise<ActPicture | { readonly gone: string }>
  /** The records it rests on as they are now, where it can be done no more and there are any left. */
  recordsNow?(tx: TenantTx, payload: Payload): Promise<readonly RecordVersion[]>
  /** Does it, inside the executor's transaction: records and outbox together. */
  execute(tx: TenantTx, payload: Payload, execution: ActExecution): Promise<ActOutcome>
  /** What is learned when a person rejects it; nothing unless said. */
  rejected?(tx: TenantTx, payload: Payload, rejection: { readonly actor: string }): Promise<void>
}

/** Something that could be done, with the payload that the candidate's id stands for. */
export type ActCandidate = {
  readonly kind: ActKind
  readonly payload: unknown
  readonly picture: ActPicture
}

/** Finds what could be done about a subject, best first; an empty list is a right answer. */
export type CandidateSource = ((
  tx: TenantTx,
  subject: Pick<Subject, 'kind' | 'id'>,
) => Promise<readonly ActCandidate[]>) & {
  /** The same for several at once, by their ids, where that is less work than one after the other. */
  readonly ofMany?: (
    tx: TenantTx,
    ids: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly ActCandidate[]>>
}
