import type { AgentProfile } from '../../backbone/canonical/agent-profile.ts'
import type { DaySpend, RunEnd } from '../../backbone/canonical/agent-run.ts'
import type { ChatEvent } from '../../backbone/canonical/chat.ts'
import { CallerMistake } from '../../backbone/errors.ts'
import type { CallTool } from '../../tools/call-tool.ts'
import type { Agent, AgentEvent } from '../agent.ts'
import type { DayBudget, ModelRun } from '../model/model-settings.ts'
import type { Models } from '../model/open-models.ts'
import type { RunModel } from '../model/run-model.ts'
import {
  type OutsideRun,
  openOutsideTools,
  type ToolServers,
} from '../tool-servers/outside-tools.ts'
import { bindTools, type ToolRecord } from './bound-tools.ts'
import { type FindProfile, findRunnable } from './profiled-agent.ts'
import type { BegunRun, RunAsk, RunLog, RunSpan, RunTracer, TakenRun } from './run-log.ts'
import { untilAborted } from './until-aborted.ts'

/** What the host of the agents is built from. */
export type HostParts = {
  readonly agents: readonly Agent[]
  /** Profiles over them that the tenant has activated. */
  readonly findProfile: FindProfile
  readonly models: Models
  readonly callTool: CallTool
  /** Servers of others whose tools a tenant lets its agents use. */
  readonly toolServers?: ToolServers
  readonly log: RunLog
  readonly tracer: RunTracer
  /** How long a run may take. */
  readonly runSeconds: number
  /** What models may cost a tenant in a day, in millionths of a dollar. */
  readonly dayMicros: number
  /** Told of what was nobody's mistake but ours. */
  readonly onSurprise: (agent: string, runId: string, error: unknown) => void
}

/** Runs agents: within their tools, their budget and their time, each run on the log. */
export type AgentHost = {
  /** Runs an agent and tells what it tells; `taken` is a run that others have begun. */
  run(ask: RunAsk, signal: AbortSignal, taken?: TakenRun): AsyncIterable<ChatEvent>
}

const aliveEveryMs = 10_000
const longestOutcome = 2_000
const brokenText = 'Something went wrong here; your administrator finds the run by its id.'

/**
 * The budget of the day: what a call cost is written while the run goes on, and what others spent is known with it; the
 * cost of the last call goes with the end of the run.
 */
function dayBudget(log: RunLog, run: BegunRun, dayMicros: number) {
  let spentMicros = run.daySpentMicros
  let unbooked: DaySpend | null = null
  let isOver = false
  let writing: Promise<void> = Promise.resolve()
  const book = (spent: DaySpend, sinceMicros: number) => {
    writing = log.spend(run.tenantId, spent).then((sumMicros) => {
      spentMicros = sumMicros + sinceMicros
    })
    // Whoever asks for its end is told of its failure.
    writing.catch(() => undefined)
  }
  return {
    isLeft: () => spentMicros < dayMicros,
    async add({ calls, inputTokens, outputTokens, costMicros }) {
      await writing
      spentMicros += costMicros
      const spent = { calls, tokens: inputTokens + outputTokens, costMicros }
      // A call that was broken off tells what it took when the run is over.
      if (isOver) return book(spent, 0)
      if (unbooked !== null) book(unbooked, costMicros)
      unbooked = spent
    },
    /** What the last call took, for whoever notes the end of the run. */
    close(): DaySpend | null {
      isOver = true
      return unbooked
    },
    settled: () => writing,
  } satisfies DayBudget & Record<string, unknown>
}

/** What a run leaves behind, as it comes about. */
type Course = {
  readonly record: ToolRecord
  model: RunModel | undefined
  unbooked: DaySpend | null
  text: string
  end: Pick<RunEnd, 'status' | 'error'>
}

function endOf({ record, model, unbooked, text, end }: Course): RunEnd {
  const { calls, inputTokens, outputTokens, costMicros } = model?.spent() ?? {
    ...{ calls: 0, inputTokens: 0, outputTokens: 0, costMicros: 0 },
  }
  return {
    ...end,
    mode: model?.mode() ?? null,
    note: model?.note() ?? null,
    toolCalls: record.calls,
    proposalIds: [...record.proposalIds],
    spent: { modelCalls: calls, inputTokens, outputTokens, costMicros },
    unbooked,
    outcome: text === '' ? null : text.slice(-longestOutcome),
  }
}

function modeOf(model: RunModel): Extract<AgentEvent, { type: 'mode' }> {
  return { type: 'mode', mode: model.mode(), note: model.note() }
}

/** Tells who words the answer at its beginning, and again when that changes. */
async function* withMode(
  told: AsyncIterable<AgentEvent>,
  model: RunModel,
): AsyncGenerator<AgentEvent> {
  let last = modeOf(model)
  yield last
  for await (const event of told) {
    const now = modeOf(model)
    if (now.note !== last.note) yield now
    last = now
    yield event
  }
  const now = modeOf(model)
  if (now.note !== last.note) yield now
}

type Running = {
  readonly parts: HostParts
  readonly agent: Agent
  readonly profile: AgentProfile | undefined
  readonly ask: RunAsk
  readonly run: BegunRun
  readonly signal: AbortSignal
  readonly course: Course
  readonly span: RunSpan
}

/** The tools of others in a run, where its agent may use any. */
function outsideOf({ parts, agent, ask, signal, course }: Running): OutsideRun | undefined {
  const { outsideTools: only } = agent
  if (parts.toolServers === undefined || only === undefined || only.length === 0) return undefined
  return openOutsideTools(parts.toolServers, {
    ...{ tenantId: ask.tenantId, only, signal },
    mayPropose: ask.caller.scopes.some((scope) => scope.endsWith(':propose')),
    onAway(server, message) {
      const startedAt = new Date().toISOString()
      const away = { tool: `${server}__`, args: {}, outcome: 'failed', message } as const
      course.record.calls.push({ ...away, startedAt, durationMs: 0 })
    },
  })
}

/** The agent at work, with a model and tools of its own. */
async function* atWork(running: Running) {
  const { parts, agent, profile, ask, run, signal, course, span } = running
  const { models, callTool, log, tracer, dayMicros } = parts
  const { caller, tenantId, trigger, subject, text, history } = ask
  const day = dayBudget(log, run, dayMicros)
  const model = await models.open({
    signal,
    day,
    ...budgetOf(profile),
    span(name) {
      const call = tracer.startSpan(`chat ${name}`, span.traceparent, {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': name,
      })
      return { ...call, fail: (reason) => call.note({ 'error.type': reason }) }
    },
  })
  course.model = model
  const { record } = course
  const profileId = profile?.profileId
  const outside = outsideOf(running)
  const bound = { agent, profileId, run, caller, callTool, record, signal, tracer, span, outside }
  const tools = bindTools(bound)
  const told = agent.run(
    {
      ...{ tenantId, trigger, now: run.now, timeZone: run.timeZone },
      ...(subject === undefined ? {} : { subject }),
      ...(text === undefined ? {} : { text }),
      ...(history === undefined ? {} : { history }),
    },
    { tools, model, runId: run.runId, signal },
  )
  try {
    yield* withMode(untilAborted(told, signal), model)
  } finally {
    // Not waited for: a server that hangs would hang us too.
    outside?.close().catch(() => undefined)
    course.unbooked = day.close()
    await day.settled()
  }
}

/** How a run ended that did not come to its end: and what whoever reads it is told, where anybody is. */
function brokenEnd(
  error: unknown,
  { parts, agent, run, signal }: Running,
  timeLimit: AbortSignal,
): Course['end'] {
  if (timeLimit.aborted) {
    const text = `A run may take ${parts.runSeconds} s; this one was stopped there.`
    return { status: 'stopped', error: text }
  }
  if (signal.aborted) return { status: 'stopped', error: null }
  if (error instanceof CallerMistake) return { status: 'failed', error: error.message }
  parts.onSurprise(agent.name, run.runId, error)
  return { status: 'failed', error: brokenText }
}

/** Tells the course of a run, and notes how it ended. */
async function* told(running: Running, timeLimit: AbortSignal): AsyncGenerator<ChatEvent> {
  const { run, signal, course, span } = running
  try {
    for await (const event of atWork(running)) {
      if (event.type === 'text') course.text += event.text
      yield event
    }
    signal.throwIfAborted()
    course.end = { status: 'succeeded', error: null }
    yield { type: 'done', runId: run.runId }
  } catch (error) {
    span.fail(error)
    course.end = brokenEnd(error, running, timeLimit)
    if (course.end.error !== null) yield { type: 'error', message: course.end.error }
  }
}

function budgetOf(profile: AgentProfile | undefined): Pick<ModelRun, 'budget'> {
  if (profile === undefined) return {}
  const { modelCalls: calls, tokens, costMicros, seconds } = profile.budget
  return { budget: { calls, tokens, costMicros, seconds } }
}

/** Notes how a run ended, unless whoever began it does so. */
async function ended(
  log: RunLog,
  {
    run,
    taken,
    end,
    isAborted,
  }: {
    readonly run: BegunRun
    readonly taken: TakenRun | undefined
    readonly end: RunEnd
    readonly isAborted: boolean
  },
): Promise<void> {
  if (taken?.keepEnd !== undefined) return taken.keepEnd(end)
  // A run of the queue that this process leaves in the middle is taken up by another.
  const isLeft = taken !== undefined && isAborted && end.status === 'stopped'
  if (!isLeft) await log.finish(run, end)
  else if (end.unbooked !== null) await log.spend(run.tenantId, end.unbooked)
}

/** Opens the host of the agents. */
export function openAgentHost(parts: HostParts): AgentHost {
  const { agents, findProfile, log, tracer, runSeconds } = parts
  return {
    async *run(ask, outside, taken) {
      const { agent, profile } = await findRunnable(agents, findProfile, ask)
      const { caller, history, ...start } = ask
      const run = taken ?? (await log.begin({ ...start, ...caller }))
      const timeLimit = AbortSignal.timeout(runSeconds * 1_000)
      // Ended by its reader, a run has nobody to work for.
      const left = new AbortController()
      const signal = AbortSignal.any([outside, timeLimit, left.signal])
      const span = tracer.startSpan(`invoke_agent ${agent.name}`, undefined, {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent.name,
        'gen_ai.conversation.id': ask.threadId ?? run.runId,
      })
      const course: Course = {
        record: { calls: [], proposalIds: new Set() },
        model: undefined,
        unbooked: null,
        text: '',
        end: { status: 'stopped', error: null },
      }
      const beat = setInterval(() => void log.alive(run).catch(() => undefined), aliveEveryMs)
      try {
        yield* told({ parts, agent, profile, ask, run, signal, course, span }, timeLimit)
      } finally {
        clearInterval(beat)
        left.abort()
        span.end()
        await ended(log, { run, taken, end: endOf(course), isAborted: outside.aborted })
      }
    },
  }
}
