import { CallerMistake, OurBug } from '../backbone/errors.ts'
import { type CursorSeal, openCursor, sealCursor } from './cursors.ts'
import { parseArguments } from './parse-arguments.ts'
import { shapeAnswer, sizeOf } from './shape-answer.ts'
import type { Tool, ToolCaller } from './tool.ts'
import type { ToolServices } from './tool-services.ts'

/** One call of a tool, for the record. */
export type ToolCallRecord = {
  readonly tool: string
  readonly caller: ToolCaller
  /** The arguments as they came, for whoever keeps them. */
  readonly args: unknown
  readonly outcome: 'answered' | 'refused' | 'failed'
  /** Of a refusal its name, such as `not-found`. */
  readonly problem?: string
  readonly items?: number
  readonly bytes: number
  readonly durationMs: number
}

/** What a caller of tools needs beside the services. */
export type ToolDoorOptions = {
  readonly cursors: CursorSeal
  /** Told of every call; when it throws, the call has failed: nothing is answered that is not on record. */
  readonly audit?: (row: ToolCallRecord) => void | Promise<void>
  /** Told of surprises, which the caller only learns of as such. */
  readonly onSurprise?: (tool: string, error: unknown) => void
  readonly monotonicMs?: () => number
  /** Room to be left in every answer for what a door adds to it. */
  readonly spareBytes?: number
}

type Answer = Record<string, unknown>

/** Calls a tool by its name; a refusal is a `CallerMistake` in our own words. */
export type CallTool = (caller: ToolCaller, name: string, args: unknown) => Promise<Answer>

/** What a page should weigh unless its size was asked for, and what nothing may weigh. */
export const aimedBytes = 8_192
export const mostBytes = 40_960

function allowedTool(catalog: ReadonlyMap<string, Tool>, caller: ToolCaller, name: string): Tool {
  const tool = catalog.get(name)
  if (tool === undefined) {
    const names = [...catalog.values()]
      .filter(({ scope }) => caller.scopes.includes(scope))
      .map((allowed) => allowed.name)
    throw new CallerMistake(
      404,
      'unknown-tool',
      `There is no such tool. There are: ${names.join(', ')}.`,
    )
  }
  if (!caller.scopes.includes(tool.scope))
    throw new CallerMistake(
      403,
      'scope-missing',
      `${tool.name} needs the scope ${tool.scope}, which this caller lacks.`,
      { scope: tool.scope },
    )
  return tool
}

/** The list of an answer that is paged: its items, or the section that was asked for. */
function itemsOf(answer: Answer, { section }: Answer = {}): readonly unknown[] | undefined {
  const list = answer[typeof section === 'string' ? section : 'items']
  return Array.isArray(list) ? list : undefined
}

type Call = {
  readonly tool: Tool
  readonly services: ToolServices
  readonly caller: ToolCaller
  readonly input: Record<string, unknown>
}

async function runOnce({ tool, services, caller, input }: Call): Promise<Answer> {
  const answer = tool.output.safeParse(await tool.run(services, caller, input))
  if (!answer.success)
    throw new OurBug(`The tool ${tool.name} gave an answer that is not what it promises.`, {
      faults: answer.error.issues.map(({ path }) => path.map(String).join('.')).join(', '),
    })
  return shapeAnswer(tool, input, answer.data)
}

/** How many fewer items an answer may have that weighs too much; of a record with lists, how many of each list. */
function fewerItems(answer: Answer, { tool, input }: Call, mostBytes: number): number | undefined {
  const weighs = sizeOf(answer)
  const items = itemsOf(answer, input)?.length
  if (items !== undefined)
    return items > 1
      ? Math.max(1, Math.min(items - 1, Math.floor((items * mostBytes) / weighs)))
      : undefined
  const limit = Math.min(Number(input['limit'] ?? 0), 8)
  return 'section' in tool.input.shape && limit > 1 ? Math.floor(limit / 2) : undefined
}

/** Runs a tool; what weighs too much is asked for again with fewer items, so that its cursor is right. */
async function runWithin(call: Call, mostOfPage: number): Promise<Answer> {
  let asked = call
  let answer = await runOnce(asked)
  while (sizeOf(answer) > mostOfPage) {
    const limit = fewerItems(answer, asked, mostOfPage)
    if (limit === undefined) return answer
    asked = { ...call, input: { ...call.input, limit } }
    answer = await runOnce(asked)
  }
  return answer
}

const isGiven = (args: unknown, name: string): boolean =>
  typeof args === 'object' && args !== null && name in args

function tooLarge({ name, input }: Tool): CallerMistake {
  const fix = 'fields' in input.shape ? ' Ask for fewer with `fields`.' : ''
  return new CallerMistake(413, 'answer-too-large', `The answer of ${name} is too large.${fix}`, {
    mostBytes,
  })
}

/** Where the caller's page begins, and the mark of the next one: cursors outside, positions inside. */
async function runPaged(
  call: Call,
  args: unknown,
  { cursors, spareBytes = 0 }: ToolDoorOptions,
): Promise<Answer> {
  const { tool, services, caller, input } = call
  const asked = { caller, tool: tool.name, args: input }
  const now = services.now()
  const { cursor } = input
  const positioned =
    typeof cursor === 'string'
      ? { ...call, input: { ...input, cursor: openCursor(cursors, asked, cursor, now) } }
      : call
  const answer = await runWithin(
    positioned,
    (isGiven(args, 'limit') ? mostBytes : aimedBytes) - spareBytes,
  )
  const { next_cursor: next } = answer
  const sealed =
    typeof next === 'string'
      ? {
          ...answer,
          next_cursor: sealCursor(cursors, asked, next, now),
          note: `${itemsOf(answer, input)?.length ?? 0} shown; more follow behind next_cursor.`,
        }
      : answer
  if (sizeOf(sealed) > mostBytes - spareBytes) throw tooLarge(tool)
  return sealed
}

const hidden = (tool: string) =>
  new CallerMistake(
    503,
    'tool-failed',
    `The tool ${tool} cannot answer now. Try again in a moment; if it stays so, tell your administrator.`,
    { retryAfterSeconds: 5 },
  )

type Outcome = Pick<ToolCallRecord, 'outcome' | 'problem' | 'items' | 'bytes'>

type Attempt = {
  readonly services: ToolServices
  readonly caller: ToolCaller
  readonly name: string
  readonly args: unknown
  readonly options: ToolDoorOptions
}

type Attempted =
  | { readonly row: Outcome; readonly answer: Answer }
  | { readonly row: Outcome; readonly refusal: CallerMistake }

/** Makes a call as far as it goes: answered, refused with a reason, or failed with nothing for the caller to read. */
async function attempt(
  tools: ReadonlyMap<string, Tool>,
  { services, caller, name, args, options }: Attempt,
): Promise<Attempted> {
  try {
    const tool = allowedTool(tools, caller, name)
    const input = parseArguments(tool, args)
    const answer = await runPaged({ tool, services, caller, input }, args, options)
    const items = itemsOf(answer, input)?.length
    const row = { outcome: 'answered' as const, bytes: sizeOf(answer) }
    return { answer, row: items === undefined ? row : { ...row, items } }
  } catch (error) {
    if (error instanceof CallerMistake)
      return { refusal: error, row: { outcome: 'refused', problem: error.problem, bytes: 0 } }
    options.onSurprise?.(name, error)
    return { refusal: hidden(name), row: { outcome: 'failed', bytes: 0 } }
  }
}

/** Every name of the catalogue once. */
function byName(catalog: readonly Tool[]): ReadonlyMap<string, Tool> {
  return new Map(catalog.map((tool) => [tool.name, tool]))
}

/**
 * The one way in which tools are called, by agents, hosts and programs: scope, arguments, the service, the size of the
 * answer, and a record of the call. Errors are in our own words; what else goes wrong is told to us alone.
 */
export function callTool(
  catalog: readonly Tool[],
  services: ToolServices,
  options: ToolDoorOptions,
): CallTool {
  const tools = byName(catalog)
  const { audit, onSurprise, monotonicMs = () => performance.now() } = options
  return async (caller, name, args) => {
    const startedAtMs = monotonicMs()
    const told = tools.get(name)?.name ?? 'unknown'
    const record = async (row: Outcome) => {
      const durationMs = monotonicMs() - startedAtMs
      await audit?.({ tool: told, caller, args, durationMs, ...row })
    }
    try {
      const outcome = await attempt(tools, { services, caller, name, args, options })
      await record(outcome.row)
      if ('refusal' in outcome) throw outcome.refusal
      return outcome.answer
    } catch (error) {
      if (error instanceof CallerMistake) throw error
      onSurprise?.(told, error)
      throw hidden(told)
    }
  }
}
