import { createHash } from 'node:crypto'
import { newId } from '../canonical/ids.ts'
import type { Requester } from '../canonical/proposal.ts'
import type { McpCall } from '../canonical/views/mcp-call-view.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { Database } from '../store/database.ts'
import { insertMcpCalls, listMcpCalls, type McpCallFilter } from '../store/mcp/call-rows.ts'

/** A call of an agent host as it was made. */
type McpCallMade = Pick<McpCall, 'tool' | 'outcome' | 'bytes'> & {
  readonly tenantId: string
  readonly caller: Requester
  /** As they came. */
  readonly args: unknown
  readonly problem?: string | undefined
  readonly items?: number | undefined
  readonly durationMs: number
  readonly traceId?: string | undefined
}

/** The record of what agent hosts called. */
export type McpCallsService = {
  /** Keeps a call; whoever made it is answered only after that. */
  record(call: McpCallMade): Promise<void>
  list(
    query: McpCallFilter & { readonly tenantId: string; readonly page: PageQuery },
  ): Promise<Page<McpCall>>
}

// Ids, numbers, moments and words of a list; not keys of this house or tokens that somebody put in the wrong place.
const plain = /^(?!qk_|ql_|sk-|eyJ)[\p{L}\p{N}][\w.:/|+-]{0,79}$/u

const most = { depth: 3, entries: 25 }

/** What may be kept of arguments: of free text only how long it was. */
function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return plain.test(value) ? value : `text of ${value.length} letters`
  if (typeof value !== 'object' || value === null) return value
  if (depth >= most.depth) return 'nested deeper'
  if (Array.isArray(value))
    return value.slice(0, most.entries).map((inner) => redacted(inner, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, most.entries)
      .map(([name, inner]) => [plain.test(name) ? name : 'other', redacted(inner, depth + 1)]),
  )
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : { arguments: value ?? null }
}

function textOf(args: unknown): string {
  return JSON.stringify(args) ?? ''
}

/** Opens the record of calls. */
export function mcpCallsService({ database }: { readonly database: Database }): McpCallsService {
  return {
    record: ({ tenantId, args, caller, durationMs, problem, items, traceId, ...call }) =>
      database.inTenant(tenantId, (tx) =>
        insertMcpCalls(tx, [
          {
            ...call,
            ...{ callId: newId('mcl'), caller, problem: problem ?? null, items: items ?? null },
            traceId: traceId ?? null,
            durationMs: Math.round(durationMs),
            argumentHash: createHash('sha256').update(textOf(args)).digest('hex'),
            arguments: asRecord(redacted(args)),
          },
        ]),
      ),
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listMcpCalls(tx, filter, page)),
  }
}
