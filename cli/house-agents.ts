import { allAgents } from '../agents/all-agents.ts'
import { probeToolServer } from '../agents/tool-servers/tool-server-client.ts'
import type { OpenedToolServer } from '../backbone/canonical/tool-server.ts'
import { openGuardedFetch } from '../backbone/connectors/guarded/guarded-fetch.ts'
import {
  type AgentProfilesService,
  agentProfiles,
} from '../backbone/services/governance/agent-profiles.ts'
import {
  type ToolServersService,
  toolServersService,
} from '../backbone/services/governance/tool-servers.ts'
import type { Database } from '../backbone/store/database.ts'
import { doneAgainWhenLost } from '../backbone/store/database-trouble.ts'
import { tenantDay } from '../backbone/store/reading/kpi.ts'
import { catalog } from '../tools/catalog.ts'
import { type HouseAgents, openAgents } from './agents.ts'
import { openDryRun } from './dry-run.ts'
import { openProfileExam } from './exam/profile-exam.ts'
import type { House } from './house.ts'
import { openServices } from './services.ts'
import { consoleUrlOf, type HouseTools, openTools } from './tools.ts'

/** The services, tools and agents of a house. */
export type Furnishing = {
  readonly services: ReturnType<typeof openServices>
  readonly tools: HouseTools
  readonly agents: HouseAgents
  readonly agentProfiles: AgentProfilesService
  readonly toolServers: ToolServersService
}

/** The list of servers of others, and the only way out to them. */
function openToolServers({ config, secretKey }: House, database: Database) {
  const guarded = openGuardedFetch(config.mcp.toolServerHosts)
  const { objectionTo } = guarded
  const probe = (server: OpenedToolServer) => probeToolServer(server, guarded.fetch)
  const service = toolServersService({ database, secretKey, objectionTo, probe })
  return { service, forAgents: { opened: service.opened, fetch: guarded.fetch } }
}

/** Puts services, tools and agents together, for the door of a house and for its work. */
export function furnish(house: House): Furnishing {
  const { config, log, signingKey } = house
  // Whoever waits for an answer has no job that comes again.
  const database = doneAgainWhenLost(house.database)
  const services = openServices(house, database)
  const tools = openTools(
    {
      ...{ database, log, signingKey },
      get consoleUrl() {
        return consoleUrlOf(config, house.listening)
      },
    },
    services,
  )
  const { tracer } = house
  const toolServers = openToolServers(house, database)
  const limits = {
    ...{ agents: allAgents, tracer, runSeconds: config.agents.runSeconds },
    onSurprise: (agent: string, runId: string, error: unknown) =>
      log.error({ err: error, agent, runId }, 'A dry run of a profile failed.'),
  }
  const dryRun = openDryRun({
    ...{ ...limits, callTool: tools.callTool },
    ...{ orders: services.orders, proposals: services.proposals },
    timeZoneOf: (tenantId) =>
      database.inTenant(tenantId, async (tx) => (await tenantDay(tx)).timeZone),
  })
  const examine = openProfileExam({
    ...limits,
    over(practice, queue) {
      const own = openServices({ ...house, queue }, practice)
      const { callTool } = openTools(
        { ...{ database: practice, log, signingKey }, consoleUrl: consoleUrlOf(config) },
        own,
      )
      return { orders: own.orders, proposals: own.proposals, callTool }
    },
  })
  return {
    services,
    tools,
    agents: openAgents(house, {
      ...{ agents: allAgents, ...tools },
      toolServers: toolServers.forAgents,
    }),
    toolServers: toolServers.service,
    agentProfiles: agentProfiles({
      database,
      toolNames: catalog.map(({ name }) => name),
      agentNames: allAgents.map(({ name }) => name),
      dryRun,
      examine,
    }),
  }
}
