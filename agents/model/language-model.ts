import { setTimeout as pause } from 'node:timers/promises'
import type { AIMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { askOnce } from './ask-once.ts'
import {
  type ModelRun,
  type ModelSettings,
  type ModelSpend,
  smallerBudget,
} from './model-settings.ts'
import { type Leaving, leavings, type Trouble, troubleOf } from './model-trouble.ts'
import type { ModelSurroundings } from './open-models.ts'
import { AnsweringModel, type Asked, messageByRules, rulesNote } from './rules-model.ts'
import type { RunModel } from './run-model.ts'

const mostTries = 2
const longestWaitMs = 5_000
const shortestWaitMs = 250
const mostOutputTokens = 1_500

const turnedAway = new Set<Leaving>(['rate-limited', 'unavailable', 'refused'])

/** The service that a language model is asked through; it keeps nothing of a run. */
export function openService(settings: ModelSettings, { fetch }: ModelSurroundings): ChatOpenAI {
  return new ChatOpenAI({
    model: settings.model,
    apiKey: settings.apiKey,
    // What comes out goes to people who act on it: the likeliest words, the same again.
    temperature: 0,
    maxTokens: mostOutputTokens,
    maxRetries: 0,
    timeout: settings.callMs,
    streamUsage: true,
    useResponsesApi: false,
    configuration: { baseURL: settings.baseUrl, ...(fetch === undefined ? {} : { fetch }) },
  })
}

// Four characters a token is what English takes; it is only used where the service does not say.
const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value ?? '').length / 4)

// Tools are described once and shown at every call.
const tokensOfTool = new WeakMap<object, number>()

function toolTokens(tool: object): number {
  const tokens = tokensOfTool.get(tool) ?? tokensOf(tool)
  tokensOfTool.set(tool, tokens)
  return tokens
}

const askedTokens = ({ messages, tools }: Asked): number =>
  messages.reduce((sum, { content }) => sum + tokensOf(content), 0) +
  tools.reduce((sum, tool) => sum + toolTokens(tool), 0)

function noteOf(leaving: Leaving | undefined, model: string): string {
  if (leaving === undefined) return `worded by ${model}; every figure is from the records`
  return `${rulesNote}: ${leavings[leaving]}`
}

/** What one run has spent, against what it may. */
function openPurse(settings: ModelSettings, run: ModelRun, nowMs: () => number) {
  const { price } = settings
  const budget = smallerBudget(settings.budget, run.budget)
  const untilMs = nowMs() + budget.seconds * 1_000
  let spent: ModelSpend = { calls: 0, inputTokens: 0, outputTokens: 0, costMicros: 0 }
  return {
    spent: () => spent,
    leftMs: () => untilMs - nowMs(),
    /** Why the next call may not be made, when it may not. */
    refusal(expectedTokens: number): Leaving | undefined {
      const tokens = spent.inputTokens + spent.outputTokens
      const isUsedUp =
        spent.calls >= budget.calls ||
        tokens + expectedTokens > budget.tokens ||
        spent.costMicros >= budget.costMicros ||
        nowMs() >= untilMs
      if (isUsedUp) return 'run-budget'
      return run.day.isLeft() ? undefined : 'day-budget'
    },
    async pay(inputTokens: number, outputTokens: number): Promise<void> {
      const { inputMicros, outputMicros } = price
      const costMicros = Math.ceil(
        (inputTokens * inputMicros + outputTokens * outputMicros) / 1_000_000,
      )
      spent = {
        calls: spent.calls + 1,
        inputTokens: spent.inputTokens + inputTokens,
        outputTokens: spent.outputTokens + outputTokens,
        costMicros: spent.costMicros + costMicros,
      }
      await run.day.add({ calls: 1, inputTokens, outputTokens, costMicros })
    },
  }
}

function waitBefore({ isPassing, retryAfterMs }: Trouble, leftMs: number): number | undefined {
  if (!isPassing) return undefined
  const waitMs = retryAfterMs ?? shortestWaitMs + Math.random() * shortestWaitMs
  return waitMs > Math.min(longestWaitMs, leftMs) ? undefined : waitMs
}

/** The model of a run where a language model is set: it is left for the rules, for good, at its first fault. */
export function openLanguageModel(
  settings: ModelSettings,
  run: ModelRun,
  { service, ...surroundings }: ModelSurroundings & { readonly service: ChatOpenAI },
): RunModel {
  const {
    nowMs = Date.now,
    wait = (ms, signal) => pause(ms, undefined, { signal }).then(() => undefined),
  } = surroundings
  const purse = openPurse(settings, run, nowMs)
  let left: Leaving | undefined

  async function tryOnce(asked: Asked, expectedTokens: number): Promise<AIMessage> {
    const span = run.span(settings.model)
    const callMs = Math.max(1, Math.min(settings.callMs, purse.leftMs()))
    let inputTokens = expectedTokens
    let outputTokens = 0
    try {
      const { message, tokens } = await askOnce(service, asked, { signal: run.signal, callMs })
      inputTokens = tokens?.input ?? inputTokens
      outputTokens = tokens?.output ?? tokensOf([message.content, message.tool_calls])
      return message
    } catch (error) {
      const { leaving } = troubleOf(error, nowMs())
      // Turned away at the door, a call costs nothing; broken off, it may have cost all of it.
      if (turnedAway.has(leaving)) inputTokens = 0
      span.fail(leavings[leaving])
      throw error
    } finally {
      span.note({
        'gen_ai.usage.input_tokens': inputTokens,
        'gen_ai.usage.output_tokens': outputTokens,
      })
      span.end()
      await purse.pay(inputTokens, outputTokens)
    }
  }

  /** How long to wait before the call is made again; why the model is left when it is not. */
  function afterFault(error: unknown, attempt: number): number | Leaving {
    run.signal.throwIfAborted()
    const trouble = troubleOf(error, nowMs())
    const waitMs = attempt < mostTries ? waitBefore(trouble, purse.leftMs()) : undefined
    return waitMs ?? trouble.leaving
  }

  async function ask(asked: Asked): Promise<AIMessage | Leaving> {
    const expectedTokens = askedTokens(asked)
    for (let attempt = 1; ; attempt += 1) {
      const refusal = purse.refusal(expectedTokens)
      if (refusal !== undefined) return refusal
      try {
        return await tryOnce(asked, expectedTokens)
      } catch (error) {
        const next = afterFault(error, attempt)
        if (typeof next === 'string') return next
        await wait(next, run.signal)
      }
    }
  }

  return {
    chat: (mind) =>
      new AnsweringModel(async (asked) => {
        run.signal.throwIfAborted()
        if (left === undefined) {
          const answer = await ask(asked)
          if (typeof answer !== 'string') return answer
          left = answer
        }
        return messageByRules(mind, asked)
      }),
    mode: () => (left === undefined ? 'model' : 'rules'),
    note: () => noteOf(left, settings.model),
    spent: purse.spent,
  }
}
