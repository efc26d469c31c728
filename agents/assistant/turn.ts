import type { ProposalCard } from '../../backbone/canonical/chat.ts'
import { isOutsideTool } from '../../backbone/canonical/tool-server.ts'
import type { AgentAsk, AgentEvent, AgentTools, OutsideTool } from '../agent.ts'
import { type UnsupportedClaim, unsupportedClaims } from '../shared/claims.ts'
import { outsideTable, tablesOf } from '../shared/evidence.ts'
import type { Finding } from '../shared/finding.ts'
import {
  callTool,
  keyOfCall,
  retrace,
  type ToolAnswer,
  type ToolCall,
} from '../shared/investigation.ts'
import { hasOutsideText } from '../shared/outside-text.ts'
import { candidateIn, cardOf, isProposeTool } from '../shared/proposing.ts'
import type { Clock } from './skills/records.ts'
import { answerByRules, proposable } from './skills/skills.ts'
import { type Asked, inContext } from './understanding/in-context.ts'

/** What is told while a turn goes on. */
export type Tell = (event: AgentEvent) => void

/** One turn of a conversation: the question, what was looked up for it, and what was proposed. */
export type Turn = {
  readonly ask: AgentAsk
  readonly given: AgentTools
  readonly asked: Asked
  readonly clock: Clock
  readonly known: Map<string, ToolAnswer>
  readonly answered: { tool: string; answer: Readonly<Record<string, unknown>> }[]
  readonly cards: ProposalCard[]
  /** Tools of others that a model was offered. */
  readonly outside: OutsideTool[]
}

/** Begins a turn. */
export function beginTurn(ask: AgentAsk, given: AgentTools): Turn {
  const { now, timeZone } = ask
  return {
    ...{ ask, given, asked: inContext(ask), clock: { now, timeZone } },
    ...{ known: new Map(), answered: [], cards: [], outside: [] },
  }
}

function keep(turn: Turn, call: ToolCall, said: ToolAnswer, tell: Tell): void {
  turn.known.set(keyOfCall(call), said)
  if (said.outcome === 'refused') return
  if (isProposeTool(call.name)) {
    const { candidate_id: id } = call.args
    const answers = turn.answered.map(({ answer }) => answer)
    const candidate = typeof id === 'string' ? candidateIn(answers, id) : undefined
    const made = candidate === undefined ? undefined : cardOf(candidate, said.answer)
    if (made !== undefined) turn.cards.push(made.card)
    return
  }
  turn.answered.push({ tool: call.name, answer: said.answer })
  if (isOutsideTool(call.name))
    tell({ type: 'evidence', table: outsideTable(call.name, said.answer) })
  for (const table of tablesOf(call.name, said.answer, turn.ask.timeZone))
    tell({ type: 'evidence', table })
}

/** Uses a tool once in a turn: whoever asks for the same again is told the same. */
export async function useTool(turn: Turn, call: ToolCall, tell: Tell): Promise<ToolAnswer> {
  const known = turn.known.get(keyOfCall(call))
  if (known !== undefined) return known
  turn.given.signal.throwIfAborted()
  const said = await callTool(turn.given.tools, call)
  keep(turn, call, said, tell)
  return said
}

/** The tools of a turn for code that walks an investigation. */
function throughTurn(turn: Turn, tell: Tell) {
  return async <Result>(way: Generator<ToolCall, Result, ToolAnswer>): Promise<Result> => {
    let step = way.next()
    while (step.done !== true) step = way.next(await useTool(turn, step.value, tell))
    return step.value
  }
}

/** Answers by rules, with what is known already. */
export function finishByRules(turn: Turn, tell: Tell): Promise<Finding> {
  return throughTurn(turn, tell)(answerByRules(turn.asked, turn.clock))
}

/** The rules' own answer, as far as what was looked up leads to it. */
export function ruledAnswer({ asked, clock, known }: Turn): Finding | undefined {
  const way = retrace(answerByRules(asked, clock), known)
  return 'result' in way ? way.result : undefined
}

const notAsked: ToolAnswer = {
  outcome: 'refused',
  why: 'Nothing was proposed: the person has not asked for it in this turn, or the rules do not offer it. Say what could be done and let them ask.',
}

/** Whether a model has read text of somebody outside; what was answered before in the thread may quote it too. */
function hasReadOthers({ ask, answered }: Turn): boolean {
  const hasQuoted = ask.history?.some(({ from }) => from === 'assistant') ?? false
  return hasQuoted || answered.some(({ answer }) => hasOutsideText(answer))
}

const mayBePutUpToIt: ToolAnswer = {
  outcome: 'refused',
  why: 'Nothing was done: text of somebody outside has been read in this conversation, and a tool of others that writes is not called after that. Say so, and let the person ask for it in a new conversation.',
}

/** A model's wish to use a tool of others: one that writes only before anybody outside could have put it up to it. */
export async function useOutside(turn: Turn, call: ToolCall, tell: Tell): Promise<ToolAnswer> {
  const tool = turn.outside.find(({ name }) => name === call.name)
  if (tool?.isWriting === true && hasReadOthers(turn)) return mayBePutUpToIt
  return useTool(turn, call, tell)
}

/**
 * A model's wish to propose: only what the person's own words can mean, among what the rules offer. Text of somebody
 * outside that the model has read may have put it up to it, so a person must look at what comes of it.
 */
export async function proposeForModel(turn: Turn, call: ToolCall, tell: Tell): Promise<ToolAnswer> {
  const allowed = await throughTurn(turn, tell)(proposable(turn.asked, turn.clock))
  const { candidate_id: id } = call.args
  if (typeof id !== 'string' || !allowed.includes(id)) return notAsked
  return useTool(turn, { ...call, note: { isTainted: hasReadOthers(turn) } }, tell)
}

const customerNumber = /\bC-(?=[0-9A-Z]*\d)[0-9A-Z]{4,20}\b/g
const numbersIn = (text: string): string[] => text.match(customerNumber) ?? []

/** Customers that a text names although the question names others. */
function foreignCustomers(turn: Turn, text: string, byRules: string): UnsupportedClaim[] {
  const asked = numbersIn(turn.ask.text?.toUpperCase() ?? '')
  if (asked.length === 0) return []
  const allowed = new Set([...asked, ...numbersIn(byRules)])
  return numbersIn(text)
    .filter((number) => !allowed.has(number))
    .map((quote) => ({ kind: 'id', quote }))
}

const longestText = 6_000

/** What in a model's words no record of this turn supports; empty when they may be shown. */
export function faultsOf(turn: Turn, text: string): UnsupportedClaim[] {
  if (text.length > longestText) return [{ kind: 'hidden', quote: 'an endless text' }]
  const byRules = ruledAnswer(turn)?.words ?? ''
  const { now, timeZone, text: question = '' } = turn.ask
  const claims = unsupportedClaims(text, {
    answers: [
      ...turn.answered.map(({ answer }) => answer),
      ...turn.cards.map((card) => ({ card })),
    ],
    texts: [question, byRules, now],
    timeZone,
  })
  return [...claims, ...foreignCustomers(turn, text, byRules)]
}
