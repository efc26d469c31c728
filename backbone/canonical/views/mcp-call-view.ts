import { z } from 'zod'
import { IsoMoment } from '../document.ts'
import { Requester } from '../proposal.ts'

/** A call of an agent host over MCP, as it stands on record. */
export const McpCall = z
  .object({
    callId: z.string(),
    caller: Requester,
    tool: z.string(),
    argumentHash: z.string().meta({ description: 'SHA-256 of the arguments as they came.' }),
    arguments: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Without free text: of that only its length is kept.' }),
    outcome: z.enum(['answered', 'refused', 'failed']),
    problem: z.string().nullable().meta({ description: 'Of a refusal its name.' }),
    items: z.int().nullable(),
    bytes: z.int(),
    durationMs: z.int(),
    traceId: z.string().nullable(),
    calledAt: IsoMoment,
  })
  .meta({ id: 'McpCall' })
export type McpCall = z.infer<typeof McpCall>
