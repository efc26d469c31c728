import type { Agent, AgentAsk, AgentEvent } from '../agent.ts'
import { type AnalysisSteps, analysisSteps } from './analysis-steps.ts'
import type { Finding } from './finding.ts'
import type { Investigation } from './investigation.ts'
import { toldWhile } from './told-while.ts'

/** What an agent that works by itself is made of: the rest is the same for all of them. */
export type Analysis = {
  readonly name: string
  readonly about: string
  readonly version: string
  readonly tools: readonly string[]
  /** The pure part: what to look up and what it comes to. */
  investigate(ask: AgentAsk): Investigation<Finding>
}

/** Takes the steps of an analysis one after the other, where rules word what was found. */
function analysedByRules(steps: AnalysisSteps, signal: AbortSignal): AsyncGenerator<AgentEvent> {
  return toldWhile(async (tell) => {
    const found = await steps.analyse(tell)
    signal.throwIfAborted()
    await steps.propose(found, await steps.phrase(found), tell)
    steps.report(found, tell)
  })
}

/** An agent that looks, finds by code, has it worded, and proposes what the rules would do. */
export function analysisAgent(analysis: Analysis): Agent {
  const { name, about, version, tools } = analysis
  return {
    ...{ name, about, version, tools },
    async *run(ask, given) {
      const steps = analysisSteps(analysis, ask, given)
      if (given.model.mode() === 'rules') return yield* analysedByRules(steps, given.signal)
      // The framework slows the whole process down from its first use on: only a model's words are worth it.
      const { analysedByGraph } = await import('./analysis-graph.ts')
      yield* analysedByGraph(steps, given.signal)
    },
  }
}
