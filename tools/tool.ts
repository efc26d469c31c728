import type { z } from 'zod'
import type { AgentNote, Requester } from '../backbone/canonical/proposal.ts'
import type { ToolServices } from './tool-services.ts'

/** What a caller must be allowed to, as agent hosts name it. */
export const toolScopes = [
  'o2c:read',
  'ops:read',
  'ar:read',
  'order:propose',
  'ops:propose',
  'ar:propose',
  'proposal:read',
] as const
export type ToolScope = (typeof toolScopes)[number]

/** Under whose name a tool is called; never taken from its arguments. */
export type ToolCaller = {
  readonly tenantId: string
  readonly requester: Requester
  readonly scopes: readonly ToolScope[]
  readonly agent?: AgentNote
  /** Of the trace this call is part of, for the record. */
  readonly traceId?: string
}

/**
 * One tool: a service call with a schema on both sides. `propose` tools take ids of candidates that read tools
 * returned, never amounts, prices, recipients or texts.
 */
export type Tool<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> = {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly effect: 'read' | 'propose'
  readonly scope: ToolScope
  /** Whether agent hosts see it, or only our own agents. */
  readonly publish: 'mcp' | 'internal'
  readonly annotations: {
    readonly readOnlyHint: boolean
    readonly destructiveHint: boolean
    readonly idempotentHint: boolean
    readonly openWorldHint: boolean
  }
  readonly input: Input
  readonly output: Output
  /** What stays of an item (of the whole answer where it has no items) when a caller chooses `fields`. */
  readonly keeps: readonly string[]
  /** `input.cursor` is the position behind the last page; the output's `next_cursor` that behind this one. */
  run(services: ToolServices, caller: ToolCaller, input: z.output<Input>): Promise<z.input<Output>>
}

type Described<Input extends z.ZodObject, Output extends z.ZodObject> = Omit<
  Tool<Input, Output>,
  'effect' | 'annotations' | 'keeps'
> & { readonly keeps?: readonly string[] }

/** Describes a tool that only reads; the types of its schemas reach its `run`. */
export function readTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Described<Input, Output>,
): Tool<Input, Output> {
  return {
    keeps: [],
    ...tool,
    effect: 'read',
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
  }
}

/** Describes a tool that asks people for a decision: it writes a proposal and does nothing else. */
export function proposeTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Described<Input, Output>,
): Tool<Input, Output> {
  return {
    keeps: [],
    ...tool,
    effect: 'propose',
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      // The same effect asked for twice is one proposal.
      idempotentHint: true,
      openWorldHint: false,
    },
  }
}
