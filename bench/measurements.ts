import { agentTurn } from './agent-turn.ts'
import { alternatives } from './alternatives.ts'
import { measureErpAway, measureErpAwayLong } from './erp-away.ts'
import { measureFlow } from './flow/measure-flow.ts'
import { growth } from './growth.ts'
import { measureMany } from './many.ts'
import { mcp } from './mcp.ts'
import type { Measurement } from './measurement.ts'
import { memory } from './memory.ts'
import { ordersList } from './orders-list.ts'
import { measureOverload } from './overload.ts'
import { measureProfile } from './profile.ts'
import { rulesCheck } from './rules-check.ts'
import { startTime } from './start-time.ts'

/** Every measurement of a full run, in this order; a new one is added here. */
export const measurements: readonly Measurement[] = [
  measureFlow,
  measureMany,
  measureErpAway,
  measureErpAwayLong,
  measureOverload,
  measureProfile,
  rulesCheck,
  alternatives,
  ordersList,
  agentTurn,
  mcp,
  startTime,
  memory,
  growth,
]
