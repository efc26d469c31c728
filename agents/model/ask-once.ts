import {
  AIMessage,
  type AIMessageChunk,
  isAIMessageChunk,
  type UsageMetadata,
} from '@langchain/core/messages'
import type { ChatOpenAI } from '@langchain/openai'
import { UnusableAnswer } from './model-trouble.ts'
import { type Asked, freshToolCall } from './rules-model.ts'

/** An answer, and the tokens it took where the service says. */
type WholeAnswer = {
  readonly message: AIMessage
  readonly tokens?: { readonly input: number; readonly output: number }
}

/** A model asks for a few things at once; one that asks for more is not to be followed. */
const mostCalls = 12

// A service that stopped for any other reason did not say all it had to say.
const isWhole = (reason: unknown) =>
  reason === 'stop' || reason === 'tool_calls' || reason === 'function_call'

// The framework mends broken JSON, which may make a shorter number of a number that was cut off.
function argumentsOf(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text === undefined || text === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value))
  } catch {
    throw new UnusableAnswer('malformed')
  }
  throw new UnusableAnswer('malformed')
}

// Not every service says.
function tokensSaid(usage: UsageMetadata | undefined): Pick<WholeAnswer, 'tokens'> {
  if (usage === undefined) return {}
  return { tokens: { input: usage.input_tokens, output: usage.output_tokens } }
}

/** The model's answer as a message that can be relied on in form: whole, its calls readable and of tools it has. */
function checkedMessage(whole: AIMessageChunk, { tools }: Asked): WholeAnswer {
  const calls = whole.tool_call_chunks ?? []
  const names = new Set(tools.map((tool) => tool.function.name))
  if (calls.length > mostCalls || calls.some(({ name }) => !names.has(name ?? '')))
    throw new UnusableAnswer('malformed')
  const message = new AIMessage({
    content: whole.text,
    tool_calls: calls.map(({ name = '', args }) => freshToolCall(name, argumentsOf(args))),
    ...(whole.usage_metadata === undefined ? {} : { usage_metadata: whole.usage_metadata }),
  })
  return { message, ...tokensSaid(whole.usage_metadata) }
}

type ServiceStream = ReturnType<ChatOpenAI['_streamResponseChunks']>

/** Takes in what streams, up to its end. */
async function wholeOf(stream: ServiceStream, signal: AbortSignal): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined
  let reason: unknown
  try {
    for await (const { message, generationInfo } of stream) {
      if (!isAIMessageChunk(message)) continue
      whole = whole === undefined ? message : whole.concat(message)
      reason = generationInfo?.['finish_reason'] ?? reason
    }
  } catch (error) {
    throw whole === undefined || signal.aborted ? error : new UnusableAnswer('cut-off')
  }
  // Stopped in the middle, the stream only ends.
  signal.throwIfAborted()
  if (whole === undefined || !isWhole(reason)) throw new UnusableAnswer('cut-off')
  return whole
}

/**
 * Asks the service once. The answer streams in and is held back until it is whole: what is cut off or cannot be read
 * is never shown, and nothing is shown before its figures are checked.
 */
export async function askOnce(
  service: ChatOpenAI,
  asked: Asked,
  { signal, callMs }: { readonly signal: AbortSignal; readonly callMs: number },
): Promise<WholeAnswer> {
  const stopped = AbortSignal.any([signal, AbortSignal.timeout(callMs)])
  const { tool_choice: toolChoice } = asked.options
  const stream = service._streamResponseChunks(asked.messages, {
    signal: stopped,
    ...(asked.tools.length === 0 ? {} : { tools: [...asked.tools] }),
    ...(typeof toolChoice === 'string' ? { tool_choice: toolChoice } : {}),
  })
  return checkedMessage(await wholeOf(stream, stopped), asked)
}
