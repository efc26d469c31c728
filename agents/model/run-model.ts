import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import type { BaseMessage } from '@langchain/core/messages'

/** What rules answer to a conversation: tools to call, or words from templates. */
type RulesReply =
  | {
      readonly toolCalls: readonly {
        readonly name: string
        readonly args: Record<string, unknown>
      }[]
    }
  | { readonly text: string }

/** The mind of the rules model: pure, the same for the same conversation. */
export type RulesMind = (
  messages: readonly BaseMessage[],
  toolNames: readonly string[],
) => RulesReply

/** A model for one run: within its budget, and by rules where no language model answers. */
export type RunModel = {
  /** A chat model for graphs: the language model with its fallback, or the rules. */
  chat(mind: RulesMind): BaseChatModel
  /** Who has worded so far: `rules` from the first fallback on. */
  mode(): 'model' | 'rules'
  /** For people: "rules mode, no language model", or why the model was left. */
  note(): string
  /** Spent so far. */
  spent(): {
    readonly calls: number
    readonly inputTokens: number
    readonly outputTokens: number
    readonly costMicros: number
  }
}
