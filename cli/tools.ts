import type { Config } from '../backbone/config.ts'
import { createCursors } from '../backbone/http/cursor.ts'
import { creditReadService } from '../backbone/services/credit-read.ts'
import { holdsReadService } from '../backbone/services/holds-read.ts'
import { mcpCallsService } from '../backbone/services/mcp-calls.ts'
import { partnerSlaService } from '../backbone/services/partner-sla.ts'
import { stockOutlookService } from '../backbone/services/stock-outlook.ts'
import type { ToolDoor } from '../backbone/services/tool-door.ts'
import { replaySafetyService } from '../backbone/services/triage/replay-safety.ts'
import type { Database } from '../backbone/store/database.ts'
import type { Log } from '../backbone/telemetry/log.ts'
import { mostTextBytes } from '../mcp-server/short-text.ts'
import {
  type CallTool,
  callTool,
  type ToolCallRecord,
  type ToolDoorOptions,
} from '../tools/call-tool.ts'
import { catalog } from '../tools/catalog.ts'
import { toolDoor } from '../tools/tool-door.ts'
import type { ToolServices } from '../tools/tool-services.ts'

/** Where people open the console: what was set, else where this process listens. */
export function consoleUrlOf(
  { publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>,
  listening: { readonly port?: number } = {},
): string {
  // Asked for port 0, the system chose one.
  const shown = listening.port ?? port
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${shown}`
}

/** The services that tools share with the routes of the HTTP door. */
export type SharedServices = Omit<
  ToolServices,
  'holds' | 'credit' | 'stock' | 'partnerSla' | 'replaySafety' | 'now' | 'dashboardUrl'
>

type ToolHouse = {
  readonly database: Database
  readonly log: Pick<Log, 'debug' | 'error'>
  /** Signs cursors; random bytes that all processes of the house share. */
  readonly signingKey: Uint8Array
  /** The address people open the console at; read each time, since the port may be known only once the door is open. */
  readonly consoleUrl: string
}

/** The tools of a running house: for agents, behind the HTTP door, and for agent hosts. */
export type HouseTools = {
  readonly callTool: CallTool
  readonly door: ToolDoor
  /** For agent hosts: every call is on record before it is answered. */
  readonly callForHosts: CallTool
}

/** What may stand in a log of a call: who called what, never the arguments or the answer. */
const logged = ({ caller, args: _args, ...row }: ToolCallRecord) => ({
  ...row,
  tenantId: caller.tenantId,
  caller: `${caller.requester.kind}:${caller.requester.id}`,
})

/** Puts the tools of a house together. */
export function openTools(house: ToolHouse, shared: SharedServices): HouseTools {
  const { database, log, signingKey } = house
  const services: ToolServices = {
    ...shared,
    holds: holdsReadService({ database }),
    credit: creditReadService({ database }),
    stock: stockOutlookService({ database }),
    partnerSla: partnerSlaService({ database }),
    replaySafety: replaySafetyService({ database }),
    now: () => new Date().toISOString(),
    dashboardUrl: (proposalId) => `${house.consoleUrl}/proposals/${proposalId}`,
  }
  const options: ToolDoorOptions = {
    cursors: createCursors(signingKey),
    audit: (row) => log.debug(logged(row), 'A tool was called.'),
    onSurprise: (tool, error) => log.error({ err: error, tool }, 'A tool failed.'),
  }
  const call = callTool(catalog, services, options)
  const calls = mcpCallsService({ database })
  const callForHosts = callTool(catalog, services, {
    ...options,
    spareBytes: mostTextBytes,
    audit: ({ caller: { tenantId, requester, traceId }, ...row }) =>
      calls.record({ ...row, tenantId, traceId, caller: requester }),
  })
  return { callTool: call, door: toolDoor(catalog, call), callForHosts }
}
