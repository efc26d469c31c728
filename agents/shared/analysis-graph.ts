import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import type { AgentEvent } from '../agent.ts'
import type { AnalysisSteps, Tell, Worded } from './analysis-steps.ts'
import { type Finding, finding } from './finding.ts'

const State = Annotation.Root({
  finding: Annotation<Finding>,
  worded: Annotation<Worded>,
})

const telling =
  (writer: ((event: AgentEvent) => void) | undefined): Tell =>
  (event) =>
    writer?.(event)

function graphOf(steps: AnalysisSteps) {
  return new StateGraph(State)
    .addNode('analyse', async (_, { writer }) => ({
      finding: await steps.analyse(telling(writer)),
    }))
    .addNode('phrase', async ({ finding: found }) => ({ worded: await steps.phrase(found) }))
    .addNode('propose', async ({ finding: found, worded }, { writer }) => {
      await steps.propose(found, worded, telling(writer))
      return {}
    })
    .addNode('report', ({ finding: found }, { writer }) => {
      steps.report(found, telling(writer))
      return {}
    })
    .addEdge(START, 'analyse')
    .addEdge('analyse', 'phrase')
    .addEdge('phrase', 'propose')
    .addEdge('propose', 'report')
    .addEdge('report', END)
    .compile()
}

/** Takes the steps of an analysis as a graph, where a language model words what was found. */
export async function* analysedByGraph(
  steps: AnalysisSteps,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent> {
  const events = await graphOf(steps).stream(
    { finding: finding(''), worded: { words: '', isWordedByModel: false } },
    { streamMode: 'custom', signal, recursionLimit: 10 },
  )
  for await (const event of events) yield event
}
