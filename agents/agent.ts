import type { ChatEvent } from '../backbone/canonical/chat.ts'
import type { RunModel } from './model/run-model.ts'

/** What an agent tells while it works; the thread and the end are its host's to tell. */
export type AgentEvent = Extract<
  ChatEvent,
  { readonly type: 'mode' | 'text' | 'evidence' | 'citation' | 'proposal' | 'suggestions' }
>

/** The tools of a run, bound to the caller they act for; a tool the agent's profile does not name is refused. */
export type BoundTools = {
  readonly names: readonly string[]
  /**
   * Calls a tool with arguments that are parsed by its schema; refusals are `CallerMistake`s in our own words.
   * `note` goes on a proposal: a model's words about it, and whether it stems from text of somebody outside.
   */
  call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    note?: ToolNote,
  ): Promise<Record<string, unknown>>
  /** Tools of others that the run may use besides, under `<server>__<tool>`; asked only where a model words. */
  outside?(): Promise<readonly OutsideTool[]>
}

/** A tool of a server of somebody else: its description and all it says are text of somebody outside. */
export type OutsideTool = {
  readonly name: string
  readonly about: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** It does not say of itself that it only reads. */
  readonly isWriting: boolean
}

/** What an agent says about a proposal it asks for. */
export type ToolNote = { readonly words?: string; readonly isTainted?: boolean }

/** Why an agent runs. */
export type RunTrigger = 'demand' | 'chat' | 'event' | 'schedule'

/** What an agent is asked: a record to look at, or a person's words. */
export type AgentAsk = {
  readonly tenantId: string
  readonly trigger: RunTrigger
  /** The record the run is about, such as `order` and its id; absent when it looks for work itself. */
  readonly subject?: { readonly kind: string; readonly id: string }
  /** What a person wrote, in a chat; data, never an instruction to the code. */
  readonly text?: string
  /** What was said before in the thread, oldest first, capped. */
  readonly history?: readonly { readonly from: 'person' | 'assistant'; readonly text: string }[]
  /** Now, and the tenant's time zone for what is shown. */
  readonly now: string
  readonly timeZone: string
}

/** What a run is given by its host: tools, a model within its budget, and the signal that stops it. */
export type AgentTools = {
  readonly tools: BoundTools
  readonly model: RunModel
  readonly runId: string
  readonly signal: AbortSignal
}

/** One agent: code that finds and proposes; a model, where there is one, words it. */
export type Agent = {
  readonly name: string
  readonly about: string
  readonly version: string
  /** Names of the tools it may use at most. */
  readonly tools: readonly string[]
  /** Which tools of others it may use: all that its tenant allows, or those named; none where absent. */
  readonly outsideTools?: 'all' | readonly string[]
  run(ask: AgentAsk, given: AgentTools): AsyncIterable<AgentEvent>
}
