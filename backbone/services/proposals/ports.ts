import type {
  ActKind,
  AgentNote,
  Candidate,
  DraftCheck,
  Proposal,
  ProposalBasis,
  ProposalCount,
  ProposalSort,
  ProposalStatus,
  Requester,
  Subject,
} from '../../canonical/proposal.ts'

/** A person who decides: their session stands behind it, never a key or an agent. */
export type Decider = {
  readonly userId: string
  readonly name: string
  readonly role: string
}

type Whose = { readonly tenantId: string }
type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null }

/** What is asked to be done: by the id of a candidate that code made for the subject. */
export type ProposalAsk = Whose & {
  readonly subject: Pick<Subject, 'kind' | 'id'>
  readonly candidateId: string
  /** The kinds that this way of asking is for; any kind unless said. */
  readonly kinds?: readonly ActKind[]
  readonly requestedBy: Requester
  readonly agent?: AgentNote
}

/** A person's decision about one proposal; `version` and `effectHash` are those they looked at. */
export type Deciding = Whose & {
  readonly proposalId: string
  readonly version: number
  readonly effectHash: string
  readonly by: Decider
  readonly reason?: string
}

/** Proposals: made from candidates, decided by people, done by the backbone. Mistakes are `CallerMistake`s. */
export type ProposalsService = {
  /** What could be done about a subject now, best first. */
  candidates(
    question: Whose & { readonly subject: Pick<Subject, 'kind' | 'id'> },
  ): Promise<Candidate[]>
  /** The same for several of one kind in one look, in the order they were asked for. */
  candidatesOfMany(
    question: Whose & { readonly kind: Subject['kind']; readonly ids: readonly string[] },
  ): Promise<Candidate[][]>
  /** Makes a proposal, or gives the pending one with the same effect. */
  propose(ask: ProposalAsk): Promise<Proposal>
  get(question: Whose & { readonly proposalId: string }): Promise<Proposal | undefined>
  search(
    question: Whose & {
      readonly status?: readonly ProposalStatus[]
      /** Decided, or over in another way; or still waiting for a decision. */
      readonly isDecided?: boolean
      readonly sort?: ProposalSort
      readonly kind?: readonly ActKind[]
      readonly subject?: Partial<Pick<Subject, 'kind' | 'id'>>
      readonly requestedBy?: string
      readonly limit: number
      readonly cursor?: string
    },
  ): Promise<Page<Proposal>>
  /** How many there are, by kind and whoever asked. */
  count(
    question: Whose & { readonly status?: readonly ProposalStatus[]; readonly isDecided?: boolean },
  ): Promise<ProposalCount>
  /** What one rests on, then and now; undefined where there is none. */
  basis(question: Whose & { readonly proposalId: string }): Promise<ProposalBasis | undefined>
  approve(act: Deciding): Promise<Proposal>
  reject(act: Deciding & { readonly reason: string }): Promise<Proposal>
  /** Changes the words of a draft; checked again, hashed again, and to be approved as it then is. */
  edit(act: Deciding & { readonly draft: Readonly<Record<string, unknown>> }): Promise<Proposal>
  /** What such an edit would come to, by the same checks; nothing is kept. */
  checkEdit(
    act: Deciding & { readonly draft: Readonly<Record<string, unknown>> },
  ): Promise<DraftCheck>
  /** Whoever asked takes it back. */
  withdraw(
    act: Whose & { readonly proposalId: string; readonly by: Requester; readonly reason: string },
  ): Promise<Proposal>
  /** Decides proposals of one kind, each as it was looked at; one that cannot be decided holds up no other. */
  decideMany(
    act: Whose & {
      readonly decision: 'approve' | 'reject'
      readonly items: readonly Pick<Deciding, 'proposalId' | 'version' | 'effectHash'>[]
      readonly by: Decider
      readonly reason?: string
    },
  ): Promise<
    readonly {
      readonly proposalId: string
      /** As it stands then; absent when it was not decided, with the problem and what to know of it. */
      readonly proposal?: Proposal
      readonly problem?: string
      readonly message?: string
    }[]
  >
  /** A person's own act: done at once within role and limit, else a proposal that waits for somebody else. */
  act(
    ask: Whose & {
      readonly kind: ActKind
      readonly payload: unknown
      readonly by: Decider
      readonly reason: string
    },
  ): Promise<Proposal>
}
