import { allAgents } from '../agents/all-agents.ts'
import { doneAgainWhenLost } from '../backbone/store/database-trouble.ts'
import { type HouseAgents, openAgents } from './agents.ts'
import type { House } from './house.ts'
import { openServices } from './services.ts'
import { consoleUrlOf, type HouseTools, openTools } from './tools.ts'

/** The services, tools and agents of a house. */
export type Furnishing = {
  readonly services: ReturnType<typeof openServices>
  readonly tools: HouseTools
  readonly agents: HouseAgents
}

/** Puts services, tools and agents together, for the door of a house and for its work. */
export function furnish(house: House): Furnishing {
  const { config, log, signingKey } = house
  // Whoever waits for an answer has no job that comes again.
  const database = doneAgainWhenLost(house.database)
  const services = openServices(house, database)
  const tools = openTools({ database, log, signingKey, consoleUrl: consoleUrlOf(config) }, services)
  return { services, tools, agents: openAgents(house, { agents: allAgents, ...tools }) }
}
