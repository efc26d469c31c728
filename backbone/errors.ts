/** Facts of an error, as fields beside the sentence. Never secrets, never whole documents. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | undefined>>

/** An error that says who must act; the queue and the doors read its class. */
export abstract class ActionableError extends Error {
  abstract readonly whoActs: 'nobody' | 'partner' | 'person' | 'us' | 'caller'
  readonly facts: ErrorFacts

  constructor(message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.facts = facts
  }
}

/** Something outside is away or busy: wait and try again. */
export class RetryLater extends ActionableError {
  readonly whoActs = 'nobody'
}

/** The partner's document is wrong: reject it and tell the partner. */
export class PartnerMistake extends ActionableError {
  readonly whoActs = 'partner'
}

/** Stop and ask a person. */
export class NeedsPerson extends ActionableError {
  readonly whoActs = 'person'
}

/** Our own mistake: alert. */
export class OurBug extends ActionableError {
  readonly whoActs = 'us'
}

/** What a caller of a door did wrong, by the HTTP status it becomes (RFC 9457 problem). */
export class CallerMistake extends ActionableError {
  readonly whoActs = 'caller'
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 415 | 422 | 428 | 429 | 503
  /** Kebab-case name of the problem, the last part of its `type`. */
  readonly problem: string
  /** What is wrong field by field, where that is known. */
  readonly details: readonly { path: string; message: string }[]

  constructor(
    status: CallerMistake['status'],
    problem: string,
    message: string,
    facts: ErrorFacts = {},
    details: CallerMistake['details'] = [],
  ) {
    super(message, facts)
    this.status = status
    this.problem = problem
    this.details = details
  }
}
