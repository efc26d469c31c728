import { randomUUID } from 'node:crypto'
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager'
import type { BaseLanguageModelInput, ToolDefinition } from '@langchain/core/language_models/base'
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from '@langchain/core/language_models/chat_models'
import { AIMessage, AIMessageChunk, type BaseMessage } from '@langchain/core/messages'
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs'
import type { Runnable } from '@langchain/core/runnables'
import { convertToOpenAITool } from '@langchain/core/utils/function_calling'
import type { RulesMind, RunModel } from './run-model.ts'

/** What a chat model is called with besides the conversation. */
export type ModelCallOptions = BaseChatModelCallOptions & { tools?: ToolDefinition[] }

/** A conversation, and the tools it may call. */
export type Asked = {
  readonly messages: BaseMessage[]
  readonly tools: readonly ToolDefinition[]
  readonly options: ModelCallOptions
}

/** What everybody is told where no language model is set. */
export const rulesNote = 'rules mode, no language model'

/** A call with an id of its own: whoever keeps conversations overwrites equal ids. */
export function freshToolCall(name: string, args: Record<string, unknown>) {
  return { type: 'tool_call' as const, id: `call_${randomUUID()}`, name, args }
}

/** What rules answer, as a message. */
export function messageByRules(mind: RulesMind, { messages, tools }: Asked): AIMessage {
  const reply = mind(
    messages,
    tools.map((tool) => tool.function.name),
  )
  if ('text' in reply) return new AIMessage({ content: reply.text })
  return new AIMessage({
    content: '',
    tool_calls: reply.toolCalls.map(({ name, args }) => freshToolCall(name, args)),
  })
}

// Sentence by sentence, so that whoever reads along does not wait for the whole.
function inPieces(text: string): string[] {
  return text.match(/[^.\n]*(?:[.\n]+|$)/g)?.filter((piece) => piece !== '') ?? []
}

// What asks a model for a schema reads chunks only.
function asChunk(message: AIMessage, content: string = message.text): AIMessageChunk {
  const calls = (message.tool_calls ?? []).map(({ id = '', name, args }, index) => ({
    type: 'tool_call_chunk' as const,
    id,
    name,
    index,
    args: JSON.stringify(args),
  }))
  return new AIMessageChunk({
    content,
    tool_call_chunks: calls,
    ...(message.usage_metadata === undefined ? {} : { usage_metadata: message.usage_metadata }),
  })
}

/** A chat model whose answers come whole from one function, and are told piece by piece. */
export class AnsweringModel extends BaseChatModel<ModelCallOptions> {
  readonly #answer: (asked: Asked) => Promise<AIMessage>

  constructor(answer: (asked: Asked) => Promise<AIMessage>) {
    super({})
    this.#answer = answer
  }

  override _llmType(): string {
    return 'quittance'
  }

  override bindTools(
    tools: BindToolsInput[],
    kwargs: Partial<ModelCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ModelCallOptions> {
    return this.withConfig({ ...kwargs, tools: tools.map((tool) => convertToOpenAITool(tool)) })
  }

  override async _generate(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
  ): Promise<ChatResult> {
    const message = await this.#answer({ messages, tools: options.tools ?? [], options })
    return { generations: [{ message: asChunk(message), text: message.text }] }
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const message = await this.#answer({ messages, tools: options.tools ?? [], options })
    for (const text of inPieces(message.text)) {
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text }) })
      await runManager?.handleLLMNewToken(text)
    }
    yield new ChatGenerationChunk({ text: '', message: asChunk(message, '') })
  }
}

/** The model of a run where no language model is set: rules route to the same tools and fill templates. */
export function openRulesModel(): RunModel {
  return {
    chat: (mind) => new AnsweringModel(async (asked) => messageByRules(mind, asked)),
    mode: () => 'rules',
    note: () => rulesNote,
    spent: () => ({ calls: 0, inputTokens: 0, outputTokens: 0, costMicros: 0 }),
  }
}
