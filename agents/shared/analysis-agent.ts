import type { Agent, AgentAsk } from '../agent.ts'
import type { Finding } from './finding.ts'
import type { Investigation } from './investigation.ts'

/** What an agent that works by itself is made of: the rest is the same for all of them. */
export type Analysis = {
  readonly name: string
  readonly about: string
  readonly version: string
  readonly tools: readonly string[]
  /** The pure part: what to look up and what it comes to. */
  investigate(ask: AgentAsk): Investigation<Finding>
}

/** An agent that looks, finds by code, has it worded, and proposes what the rules would do. */
export function analysisAgent(analysis: Analysis): Agent {
  const { name, about, version, tools } = analysis
  return {
    ...{ name, about, version, tools },
    async *run(ask, given) {
      // Nothing of the framework is loaded before the first run.
      const { analyse } = await import('./analysis-graph.ts')
      yield* analyse(analysis, ask, given)
    },
  }
}
