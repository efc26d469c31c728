import { z } from 'zod'
import { IsoMoment } from './document.ts'
import { Requester } from './proposal.ts'

/** One call of a tool by a run. */
export const ToolCallNote = z
  .object({
    tool: z.string(),
    args: z.record(z.string(), z.unknown()),
    outcome: z.enum(['answered', 'refused', 'failed']),
    /** Why it was refused, in our own words. */
    message: z.string().nullable(),
    startedAt: IsoMoment,
    durationMs: z.number(),
  })
  .meta({ id: 'ToolCallNote' })
export type ToolCallNote = z.infer<typeof ToolCallNote>

/** What a run is about: a record of the house. */
export const RunSubject = z
  .strictObject({
    kind: z.enum(['order', 'customer', 'cluster', 'transaction', 'proposal']),
    id: z.string().min(1).max(160),
  })
  .meta({ id: 'RunSubject' })
export type RunSubject = z.infer<typeof RunSubject>

/** What a run took of the language model. */
const RunSpend = z
  .object({
    modelCalls: z.int(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    costMicros: z.int().meta({ description: 'In millionths of a dollar.' }),
  })
  .meta({ id: 'RunSpend' })

/** How a run stands; `stopped` by a person, by the end of its time, or with its process. */
const RunStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'stopped'])

/** One run of an agent, as its log shows it. */
export const AgentRun = z
  .object({
    runId: z.string(),
    agent: z.string(),
    agentVersion: z.string(),
    trigger: z.enum(['demand', 'chat', 'event', 'schedule']),
    subject: z.object({ kind: z.string(), id: z.string() }).nullable(),
    threadId: z.string().nullable(),
    requestedBy: Requester,
    input: z.string().nullable(),
    status: RunStatus,
    mode: z.enum(['model', 'rules']).nullable(),
    note: z.string().nullable(),
    toolCalls: z.array(ToolCallNote),
    proposalIds: z.array(z.string()),
    spent: RunSpend,
    outcome: z.string().nullable(),
    error: z.string().nullable(),
    createdAt: IsoMoment,
    startedAt: IsoMoment.nullable(),
    finishedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'AgentRun' })
export type AgentRun = z.infer<typeof AgentRun>

/** What a tenant may set for an agent. */
export const AgentSetting = z
  .object({
    isEnabled: z.boolean().meta({ description: 'The kill switch: off, it does not run at all.' }),
    runsOnEvents: z.boolean(),
    dailyAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .nullable()
      .meta({ description: "Time of day of its run, in the tenant's zone.", example: '07:30' }),
  })
  .meta({ id: 'AgentSetting' })
export type AgentSetting = z.infer<typeof AgentSetting>

/** An agent of the house, with what the tenant set for it. */
export const AgentView = z
  .object({
    name: z.string(),
    about: z.string(),
    version: z.string(),
    base: z.string().nullable().meta({
      description: 'Of a profile: the agent whose work it narrows.',
    }),
    tools: z.array(z.string()),
    setting: AgentSetting,
    changedBy: z.string().nullable(),
    reason: z.string().nullable(),
    changedAt: IsoMoment.nullable(),
    lastRun: z.object({ runId: z.string(), status: RunStatus, createdAt: IsoMoment }).nullable(),
  })
  .meta({ id: 'Agent' })
export type AgentView = z.infer<typeof AgentView>

/** What models cost a tenant in a day; the cost in millionths of a dollar. */
export type DaySpend = {
  readonly calls: number
  readonly tokens: number
  readonly costMicros: number
}

/** What a finished run leaves on its log. */
export type RunEnd = {
  readonly status: 'succeeded' | 'failed' | 'stopped'
  readonly mode: 'model' | 'rules' | null
  readonly note: string | null
  readonly toolCalls: readonly ToolCallNote[]
  readonly proposalIds: readonly string[]
  readonly spent: z.infer<typeof RunSpend>
  /** Of it what its last call took: put to the tenant's day together with its end. */
  readonly unbooked: DaySpend | null
  readonly outcome: string | null
  readonly error: string | null
}
