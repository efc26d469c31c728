import { z } from 'zod'
import type { Principal } from './api-principal.ts'

/** A tool as agent hosts and programs list it. */
export const ToolDescription = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    effect: z.enum(['read', 'propose']),
    scope: z.string(),
    annotations: z.record(z.string(), z.boolean()),
    inputSchema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema.' }),
    outputSchema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema.' }),
  })
  .meta({ id: 'Tool' })
export type ToolDescription = z.infer<typeof ToolDescription>

/** The tools as programs call them; whose they are and what they may comes from the principal. */
export type ToolDoor = {
  /** Those the caller may call. */
  list(who: Principal): ToolDescription[]
  /** Calls one; mistakes are `CallerMistake`s in our own words. */
  call(who: Principal, name: string, args: unknown): Promise<Record<string, unknown>>
}
