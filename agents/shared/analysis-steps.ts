import type { AgentAsk, AgentEvent, AgentTools, ToolNote } from '../agent.ts'
import type { Analysis } from './analysis-agent.ts'
import { unsupportedClaims } from './claims.ts'
import { citationsOf, tablesOf } from './evidence.ts'
import { type Finding, notOfModel, type Option, saidWhole } from './finding.ts'
import { callTool, conduct } from './investigation.ts'
import { hasOutsideText } from './outside-text.ts'
import { promptOf } from './prompt.ts'
import { cardOf, isProposeTool, proposeCall } from './proposing.ts'

/** One answered call of a run. */
type Answered = { readonly tool: string; readonly answer: Readonly<Record<string, unknown>> }

const longestWords = 4_000
// Beyond this a run floods the people who decide; the next run goes on.
const mostProposals = 20

/** What is said of a finding: the template's words, or a model's that hold nothing else. */
export type Worded = { readonly words: string; readonly isWordedByModel: boolean }

type Run = {
  readonly analysis: Analysis
  readonly ask: AgentAsk
  readonly given: AgentTools
  readonly answered: Answered[]
}

/** What is told while an analysis goes on. */
export type Tell = (event: AgentEvent) => void

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
async function phrased(run: Run, found: Finding): Promise<Worded> {
  const { analysis, ask, given, answered } = run
  const byTemplate = { words: saidWhole(found), isWordedByModel: false }
  if (given.model.mode() === 'rules') return byTemplate
  // Nothing of the framework is loaded where no model words anything.
  const { HumanMessage, SystemMessage } = await import('@langchain/core/messages')
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
function tellWhoWords({ given }: Run, { isWordedByModel }: Worded, tell: Tell): void {
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
  found: Finding,
  { words, isWordedByModel }: Worded,
  tell: Tell,
): Promise<void> {
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

/** The four steps of an analysis, in the order they are taken: look up and find, word, propose, report. */
export type AnalysisSteps = {
  analyse(tell: Tell): Promise<Finding>
  phrase(found: Finding): Promise<Worded>
  propose(found: Finding, worded: Worded, tell: Tell): Promise<void>
  report(found: Finding, tell: Tell): void
}

/** Opens the steps of one run. */
export function analysisSteps(analysis: Analysis, ask: AgentAsk, given: AgentTools): AnalysisSteps {
  const run: Run = { analysis, ask, given, answered: [] }
  return {
    analyse: (tell) => analyseRecords(run, tell),
    phrase: (found) => phrased(run, found),
    async propose(found, worded, tell) {
      tellWhoWords(run, worded, tell)
      tell({ type: 'text', text: worded.words })
      await proposeRecommended(run, found, worded, tell)
    },
    report: (found, tell) => reportOn(run, found, tell),
  }
}
