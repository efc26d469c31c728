import { HumanMessage, SystemMessage } from '@langchain/core/messages'
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import type { AgentAsk, AgentEvent, AgentTools, ToolNote } from '../agent.ts'
import type { Analysis } from './analysis-agent.ts'
import { unsupportedClaims } from './claims.ts'
import { citationsOf, tablesOf } from './evidence.ts'
import { type Finding, finding, notOfModel, type Option, saidWhole } from './finding.ts'
import { callTool, conduct } from './investigation.ts'
import { hasOutsideText } from './outside-text.ts'
import { promptOf } from './prompt.ts'
import { cardOf, isProposeTool, proposeCall } from './proposing.ts'

/** One answered call of a run. */
type Answered = { readonly tool: string; readonly answer: Readonly<Record<string, unknown>> }

const longestWords = 4_000
// Beyond this a run floods the people who decide; the next run goes on.
const mostProposals = 20

const State = Annotation.Root({
  finding: Annotation<Finding>,
  /** What is said: the template's words, or a model's that hold nothing else. */
  words: Annotation<string>,
  isWordedByModel: Annotation<boolean>,
})
type State = typeof State.State

type Run = {
  readonly analysis: Analysis
  readonly ask: AgentAsk
  readonly given: AgentTools
  readonly answered: Answered[]
}

type Tell = (event: AgentEvent) => void

async function analyseRecords(
  { analysis, ask, given, answered }: Run,
  tell: Tell,
): Promise<Finding> {
  const { timeZone } = ask
  return conduct(analysis.investigate(ask), given.tools, {
    signal: given.signal,
    onAnswer({ name }, said) {
      if (said.outcome === 'refused' || isProposeTool(name)) return
      answered.push({ tool: name, answer: said.answer })
      for (const table of tablesOf(name, said.answer, timeZone)) tell({ type: 'evidence', table })
    },
  })
}

/** Has the template's words said better; words that claim anything else are not used. */
async function phrased(run: Run, found: Finding): Promise<Partial<State>> {
  const { analysis, ask, given, answered } = run
  const byTemplate = { words: saidWhole(found), isWordedByModel: false }
  if (given.model.mode() === 'rules') return byTemplate
  const prompt = await promptOf(analysis.name)
  const model = given.model.chat(() => ({ text: byTemplate.words }))
  const said = await model.invoke(
    [
      new SystemMessage(prompt.text),
      new HumanMessage(
        `Say this well, for an operations team:\n<finding>\n${byTemplate.words}\n</finding>`,
      ),
    ],
    { signal: given.signal },
  )
  const words = said.text.trim()
  if (given.model.mode() === 'rules' || words === '' || words.length > longestWords)
    return byTemplate
  const faults = unsupportedClaims(words, {
    answers: answered.map(({ answer }) => answer),
    texts: [byTemplate.words],
    timeZone: ask.timeZone,
  })
  return faults.length === 0 ? { words, isWordedByModel: true } : byTemplate
}

/** A model that claimed what no record says is not quoted, and whoever reads is told. */
function tellWhoWords({ given }: Run, { isWordedByModel }: State, tell: Tell): void {
  if (given.model.mode() === 'model' && !isWordedByModel)
    tell({ type: 'mode', mode: 'rules', note: notOfModel })
}

async function proposeOption(
  { given }: Run,
  { option, note }: { readonly option: Option; readonly note: ToolNote },
): Promise<AgentEvent | undefined> {
  given.signal.throwIfAborted()
  const said = await callTool(given.tools, { ...proposeCall(option), note })
  if (said.outcome === 'refused') return undefined
  const made = cardOf(option, said.answer)
  return made === undefined ? undefined : { type: 'proposal', card: made.card }
}

async function proposeRecommended(
  run: Run,
  { finding: found, words, isWordedByModel }: State,
  tell: Tell,
) {
  // Words of a model that has read somebody outside are looked at by a person, whatever the policy says.
  const isTainted = run.answered.some(({ answer }) => hasOutsideText(answer))
  const note: ToolNote = isWordedByModel ? { words: words.slice(0, 2_000), isTainted } : {}
  const wanted = found.options.filter(({ isRecommended }) => isRecommended).slice(0, mostProposals)
  for (const option of wanted) {
    const event = await proposeOption(run, { option, note })
    if (event !== undefined) tell(event)
  }
}

function reportOn({ answered, ask }: Run, found: Finding, tell: Tell): void {
  const cited = [
    ...found.citations,
    ...answered.flatMap(({ tool, answer }) => citationsOf(tool, answer, ask.now)),
  ]
  const once = new Map(cited.map((citation) => [citation.record, citation]))
  for (const citation of [...once.values()].slice(0, 12)) tell({ type: 'citation', citation })
  if (found.questions.length > 0) tell({ type: 'suggestions', questions: [...found.questions] })
}

function graphOf(run: Run) {
  return new StateGraph(State)
    .addNode('analyse', async (_, { writer }) => ({
      finding: await analyseRecords(run, (event) => writer?.(event)),
    }))
    .addNode('phrase', ({ finding: found }) => phrased(run, found))
    .addNode('propose', async (state, { writer }) => {
      const tell: Tell = (event) => writer?.(event)
      tellWhoWords(run, state, tell)
      tell({ type: 'text', text: state.words })
      await proposeRecommended(run, state, tell)
      return {}
    })
    .addNode('report', ({ finding: found }, { writer }) => {
      reportOn(run, found, (event) => writer?.(event))
      return {}
    })
    .addEdge(START, 'analyse')
    .addEdge('analyse', 'phrase')
    .addEdge('phrase', 'propose')
    .addEdge('propose', 'report')
    .addEdge('report', END)
    .compile()
}

/** Runs an analysis: look up and find, word, propose, report. */
export async function* analyse(
  analysis: Analysis,
  ask: AgentAsk,
  given: AgentTools,
): AsyncGenerator<AgentEvent> {
  const run: Run = { analysis, ask, given, answered: [] }
  const events = await graphOf(run).stream(
    { finding: finding(''), words: '', isWordedByModel: false },
    { streamMode: 'custom', signal: given.signal, recursionLimit: 10 },
  )
  for await (const event of events) yield event
}
