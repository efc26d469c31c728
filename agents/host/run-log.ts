import type { DaySpend, RunEnd } from '../../backbone/canonical/agent-run.ts'
import type { Requester } from '../../backbone/canonical/proposal.ts'
import type { ToolScope } from '../../tools/tool.ts'
import type { RunTrigger } from '../agent.ts'

/** A run that stands on the log: whose it is, and what it must know of its tenant. */
export type BegunRun = {
  readonly tenantId: string
  readonly runId: string
  readonly now: string
  readonly timeZone: string
  /** What models cost the tenant today so far, in millionths of a dollar. */
  readonly daySpentMicros: number
}

/** A run that others have begun: a job of the queue, or a question of the chat, which keeps its end with the answer. */
export type TakenRun = BegunRun & { readonly keepEnd?: (end: RunEnd) => void }

type OfRun = Pick<BegunRun, 'tenantId' | 'runId'>

/** Who a run acts for: its tools are called in this name and with no more than these scopes. */
export type RunCaller = { readonly requester: Requester; readonly scopes: readonly ToolScope[] }

/** What a run is asked. */
export type RunAsk = {
  readonly agent: string
  readonly tenantId: string
  readonly trigger: RunTrigger
  readonly caller: RunCaller
  readonly subject?: { readonly kind: string; readonly id: string } | undefined
  readonly threadId?: string | undefined
  readonly text?: string | undefined
  readonly history?: readonly { readonly from: 'person' | 'assistant'; readonly text: string }[]
}

/** The log of runs, kept by the backbone. */
export type RunLog = {
  /** Begins a run; refuses one of an agent that is switched off. */
  begin(start: Omit<RunAsk, 'caller' | 'history'> & RunCaller): Promise<BegunRun>
  /** Says that the run is still worked on. */
  alive(run: OfRun): Promise<void>
  finish(run: OfRun, end: RunEnd): Promise<void>
  /** Adds to what models cost the tenant today; gives the sum. */
  spend(tenantId: string, spent: DaySpend): Promise<number>
}

/** A span of a trace; the facts are ids and counts, never texts. */
export type RunSpan = {
  readonly traceparent: string
  note(facts: Readonly<Record<string, string | number | boolean>>): void
  fail(error: unknown): void
  end(): void
}

/** Starts spans, for whoever watches runs. */
export type RunTracer = {
  startSpan(
    name: string,
    parent?: string,
    facts?: Readonly<Record<string, string | number | boolean>>,
  ): RunSpan
}
