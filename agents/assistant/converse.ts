import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { isOutsideTool } from '../../backbone/canonical/tool-server.ts'
import { catalog } from '../../tools/catalog.ts'
import { toolSchemas } from '../../tools/tool-schemas.ts'
import type { AgentAsk, AgentEvent, AgentTools, OutsideTool } from '../agent.ts'
import { citationsOf } from '../shared/evidence.ts'
import { type Finding, notOfModel, saidWhole } from '../shared/finding.ts'
import type { ToolAnswer } from '../shared/investigation.ts'
import { asData } from '../shared/outside-text.ts'
import { promptOf } from '../shared/prompt.ts'
import { isProposeTool } from '../shared/proposing.ts'
import { toldWhile } from '../shared/told-while.ts'
import { localTime } from '../shared/words.ts'
import { assistantMind } from './rules-mind.ts'
import {
  beginTurn,
  faultsOf,
  finishByRules,
  proposeForModel,
  ruledAnswer,
  type Tell,
  type Turn,
  useOutside,
  useTool,
} from './turn.ts'

/** What was said at the end of the conversation with the model or the rules, and what the rules found. */
type Said = {
  readonly said: string
  readonly isOfModel: boolean
  readonly finding?: Finding | undefined
}

const saidByRules = (found: Finding): Said => ({
  ...{ said: saidWhole(found), isOfModel: false, finding: found },
})

// Computed once: what a model is told of each tool.
const specs = new Map(
  catalog.map((tool) => [
    tool.name,
    {
      type: 'function' as const,
      function: {
        name: tool.name,
        description: tool.about,
        parameters: { ...toolSchemas(tool).input },
      },
    },
  ]),
)

const specOfOthers = ({ name, about: description, parameters }: OutsideTool) => ({
  type: 'function' as const,
  function: { name, description, parameters: { ...parameters } },
})

// A model that has not answered after so many rounds goes in circles; the rules take one call a round.
const mostRoundsOfModel = 8
const mostRounds = 60
const mostHistory = 12

async function openingOf({ ask }: Turn): Promise<BaseMessage[]> {
  const prompt = await promptOf('assistant')
  const now = `It is ${localTime(ask.now, ask.timeZone)} (${ask.timeZone}).`
  const before = (ask.history ?? [])
    .slice(-mostHistory)
    .map(({ from, text }) => (from === 'person' ? new HumanMessage(text) : new AIMessage(text)))
  return [
    new SystemMessage(`${prompt.text}\n\n${now}`),
    ...before,
    new HumanMessage(ask.text ?? ''),
  ]
}

type Call = NonNullable<AIMessage['tool_calls']>[number]

const toldToModel = (tool: string, said: ToolAnswer): string =>
  said.outcome === 'answered' ? asData(tool, said.answer) : said.why

function usedAs(isModels: boolean, name: string): typeof useTool {
  if (isModels && isProposeTool(name)) return proposeForModel
  return isOutsideTool(name) ? useOutside : useTool
}

async function answerCall(turn: Turn, { id, name, args }: Call, tell: Tell): Promise<ToolMessage> {
  const call = { name, args }
  const isModels = turn.given.model.mode() === 'model'
  const said = await usedAs(isModels, name)(turn, call, tell)
  return new ToolMessage({
    tool_call_id: id ?? '',
    name,
    content: toldToModel(name, said),
    artifact: said,
    status: said.outcome === 'answered' ? 'success' : 'error',
  })
}

/** Lets the model, or the rules in its place, ask for tools until it has an answer. */
async function conversation(turn: Turn, tell: Tell): Promise<Said> {
  const { given, asked, clock } = turn
  // Nobody else has a say: the rules need no conversation with themselves.
  if (given.model.mode() === 'rules') return saidByRules(await finishByRules(turn, tell))
  const chat = given.model.chat(assistantMind(asked, clock))
  turn.outside.push(...((await given.tools.outside?.()) ?? []))
  const own = given.tools.names.flatMap((name) => specs.get(name) ?? [])
  const tools = [...own, ...turn.outside.map(specOfOthers)]
  const model = chat.bindTools?.(tools) ?? chat
  const messages = await openingOf(turn)
  for (let round = 0; round < mostRounds; round += 1) {
    given.signal.throwIfAborted()
    const isModels = given.model.mode() === 'model'
    if (isModels && round >= mostRoundsOfModel) break
    const reply = await model.invoke(messages, { signal: given.signal })
    const calls = reply.tool_calls ?? []
    if (calls.length === 0)
      return { said: reply.text.trim(), isOfModel: given.model.mode() === 'model' }
    messages.push(new AIMessage({ content: reply.text, tool_calls: calls }))
    for (const call of calls) messages.push(await answerCall(turn, call, tell))
  }
  return { said: '', isOfModel: true }
}

/** A model's words that claim more than the records are not shown: the rules answer instead. */
async function checked(turn: Turn, conversed: Said, tell: Tell): Promise<Said> {
  const { said, isOfModel } = conversed
  if (!isOfModel) return conversed
  if (said !== '' && faultsOf(turn, said).length === 0) return conversed
  tell({ type: 'mode', mode: 'rules', note: notOfModel })
  return saidByRules(await finishByRules(turn, tell))
}

// Line by line, so that whoever reads along sees it grow.
const inPieces = (text: string): string[] =>
  text.match(/[^\n]*(?:\n+|$)/g)?.filter((piece) => piece !== '') ?? []

const mostCited = 12

function report(turn: Turn, { said, finding }: Said, tell: Tell): void {
  for (const text of inPieces(said)) tell({ type: 'text', text })
  for (const card of turn.cards) tell({ type: 'proposal', card })
  const cited = turn.answered.flatMap(({ tool, answer }) => citationsOf(tool, answer, turn.ask.now))
  const once = new Map(cited.map((citation) => [citation.record, citation]))
  for (const citation of [...once.values()].slice(0, mostCited))
    tell({ type: 'citation', citation })
  const questions = (finding ?? ruledAnswer(turn))?.questions ?? []
  if (questions.length > 0) tell({ type: 'suggestions', questions: [...questions] })
}

/**
 * Answers one question of a conversation: look up, check what is said, report. Somebody waits for it, so the three are
 * called one after the other: a graph of them took 2 to 7 ms CPU more.
 */
export function converse(ask: AgentAsk, given: AgentTools): AsyncIterable<AgentEvent> {
  return toldWhile(async (tell) => {
    const turn = beginTurn(ask, given)
    report(turn, await checked(turn, await conversation(turn, tell), tell), tell)
  })
}
