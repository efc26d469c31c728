import type { z } from 'zod'
import { ActionableError } from '../../backbone/errors.ts'
import type { BoundTools, ToolNote } from '../agent.ts'

/** A tool that an investigation wants to use. */
export type ToolCall = {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly note?: ToolNote
}

/** What the tool said: its answer, or in our own words why not. */
export type ToolAnswer =
  | { readonly outcome: 'answered'; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly outcome: 'refused'; readonly why: string }

/**
 * The way from a question to what is found, as pure code: it asks for one tool call after the other. Agents conduct it
 * over their tools; the mind of the rules retraces it over what a conversation already holds.
 */
export type Investigation<Result> = Generator<ToolCall, Result, ToolAnswer>

/** What is known without looking anything up. */
export function* settled<Result>(result: Result): Investigation<Result> {
  yield* []
  return result
}

/** What was looked up, or why it was not found. */
export type Looked<Value> =
  | { readonly outcome: 'found'; readonly value: Value }
  | { readonly outcome: 'refused'; readonly why: string }

const notAsPromised = 'The answer was not of the kind that was expected.'

/** Uses a tool and reads its answer. */
export function* look<Value>(
  call: ToolCall,
  schema: z.ZodType<Value>,
): Generator<ToolCall, Looked<Value>, ToolAnswer> {
  const said = yield call
  if (said.outcome === 'refused') return said
  const read = schema.safeParse(said.answer)
  return read.success
    ? { outcome: 'found', value: read.data }
    : { outcome: 'refused', why: notAsPromised }
}

// A way that asks for more than this goes in circles.
const mostCalls = 40

/** Calls a tool; what only the caller's words or the records forbid is an answer, everything else a surprise. */
export async function callTool(tools: BoundTools, call: ToolCall): Promise<ToolAnswer> {
  try {
    return { outcome: 'answered', answer: await tools.call(call.name, call.args, call.note) }
  } catch (error) {
    // Errors of ours are worded by us; anything else may carry text of somebody outside.
    if (error instanceof ActionableError && error.whoActs === 'caller')
      return { outcome: 'refused', why: error.message }
    throw error
  }
}

/** Walks an investigation over real tools; whoever watches is told of every call. */
export async function conduct<Result>(
  investigation: Investigation<Result>,
  tools: BoundTools,
  watch: { readonly signal: AbortSignal; onAnswer?(call: ToolCall, said: ToolAnswer): void },
): Promise<Result> {
  let step = investigation.next()
  for (let calls = 0; step.done !== true; calls += 1) {
    watch.signal.throwIfAborted()
    const call = step.value
    const said: ToolAnswer =
      calls < mostCalls
        ? await callTool(tools, call)
        : { outcome: 'refused', why: 'The run has used all the calls it may make.' }
    watch.onAnswer?.(call, said)
    step = investigation.next(said)
  }
  return step.value
}

/** A call under which its answer is kept. */
export function keyOfCall({ name, args }: Pick<ToolCall, 'name' | 'args'>): string {
  const sorted = Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `${name} ${JSON.stringify(sorted)}`
}

/** How far known answers lead: to the next call, or to the end. */
export function retrace<Result>(
  investigation: Investigation<Result>,
  known: ReadonlyMap<string, ToolAnswer>,
): { readonly wants: ToolCall } | { readonly result: Result } {
  let step = investigation.next()
  for (let calls = 0; step.done !== true; calls += 1) {
    const said = calls < mostCalls ? known.get(keyOfCall(step.value)) : circling
    if (said === undefined) return { wants: step.value }
    step = investigation.next(said)
  }
  return { result: step.value }
}

const circling: ToolAnswer = {
  outcome: 'refused',
  why: 'The run has used all the calls it may make.',
}
