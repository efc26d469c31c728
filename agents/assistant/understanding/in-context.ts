import type { AgentAsk } from '../../agent.ts'
import type { Intent } from './intents.ts'
import { type Reference, type ReferenceKind, referencesIn } from './references.ts'
import { type Understanding, understand } from './understand.ts'

/** A question with what it takes up of the conversation before it. */
export type Asked = Understanding & {
  /** The question before, with what it took up itself. */
  readonly before?: Asked
  /** What was answered to it. */
  readonly answerBefore?: string
}

type Clock = { readonly now: string; readonly timeZone: string }

// These stand on their own or take up the whole question before; they look for no record.
const withoutRecord: readonly Intent[] = [
  'help',
  'thanks',
  'refuse-rules',
  'refuse-tenant',
  'unknowable',
]

// What kind of record a question is about: others of the conversation are not carried into it.
const about: Partial<Record<Intent, readonly ReferenceKind[]>> = {
  'order-status': ['order', 'purchase-order', 'code'],
  'price-why': ['order', 'purchase-order', 'code'],
  alternatives: ['order', 'purchase-order', 'sku', 'code'],
  options: ['order', 'purchase-order', 'customer', 'cluster', 'transaction', 'code'],
  act: ['order', 'purchase-order', 'customer', 'cluster', 'transaction', 'code'],
  'replay-safety': ['transaction', 'cluster', 'order', 'purchase-order'],
  chase: ['customer'],
  credit: ['order', 'purchase-order', 'customer'],
  owed: ['customer'],
  invoice: ['invoice', 'order', 'purchase-order'],
  unapplied: ['payment', 'customer'],
  stock: ['sku'],
  orders: ['customer'],
}

const isBare = ({ references, names }: Understanding): boolean =>
  references.every(({ kind }) => kind === 'amount' || kind === 'address') && names.length === 0

/** "and SO-000124?" asks the same of another record. */
const asksTheSame = (text: string): boolean =>
  /^(and|what about|how about|same (for|with)|also|or|then|now)\b/i.test(text.trim())

/** Records that a text names, each once. */
function recordsIn(text: string): Reference[] {
  const seen = new Set<string>()
  return referencesIn(text).references.filter(({ kind, text: spelled }) => {
    if (kind === 'amount' || kind === 'address' || kind === 'code') return false
    const isNew = !seen.has(`${kind}:${spelled}`)
    seen.add(`${kind}:${spelled}`)
    return isNew
  })
}

/** The record that an answer was about, when it was about a single one of the kinds. */
function singleIn(answer: string, kinds: readonly ReferenceKind[]): Reference[] {
  const found = recordsIn(answer).filter(({ kind }) => kinds.includes(kind))
  return found.length === 1 ? found : []
}

function carried(question: Understanding, before: Asked, answer: string): Reference[] {
  const kinds = question.intent === 'unclear' ? undefined : about[question.intent]
  if (kinds === undefined || !isBare(question)) return []
  const named = before.references.filter(({ kind }) => kinds.includes(kind))
  return named.length > 0 ? named : singleIn(answer, kinds)
}

const intentChosen = (question: Understanding, before: Asked): Intent | undefined => {
  if (question.intent !== 'pick' || before.intent !== 'unclear') return undefined
  const { ordinal = 1 } = question
  return ordinal < 0 ? before.between.at(ordinal) : before.between[ordinal - 1]
}

/** What an unclear question takes over from the one before it. */
function completed(question: Understanding, before: Asked): Understanding {
  const chosen = intentChosen(question, before)
  if (chosen !== undefined)
    return {
      ...question,
      intent: chosen,
      between: [],
      references: before.references,
      names: before.names,
    }
  if (question.intent !== 'unclear' && !(asksTheSame(question.text) && isOnlyRecord(question)))
    return question
  if (before.intent === 'unclear') return question
  const isOfNew = !isBare(question) || question.span !== undefined
  if (!isOfNew || !(asksTheSame(question.text) || question.intent === 'unclear')) return question
  return { ...question, intent: before.intent, between: [] }
}

/** Whether the words say nothing beyond the records they name. */
function isOnlyRecord({ text, names }: Understanding): boolean {
  const words = referencesIn(text)
    .rest.toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '' && !/^x[a-z]{2,}$/.test(word))
  const extra = words.filter(
    (word) =>
      !/^(and|what|how|about|same|for|with|also|or|then|now|order|po|customer|the|on)$/.test(word),
  )
  return (
    extra.length <=
    names
      .join(' ')
      .split(' ')
      .filter((word) => word !== '').length
  )
}

function takingUp(
  question: Understanding,
  before: Asked | undefined,
  answer: string | undefined,
): Asked {
  if (before === undefined) return question
  const whole = completed(question, before)
  const isAlone = whole.intent !== 'unclear' && withoutRecord.includes(whole.intent)
  const references = isAlone ? [] : carried(whole, before, answer ?? '')
  const names = references.length === 0 && isBare(whole) && takesNames(whole) ? before.names : []
  return {
    ...whole,
    ...(references.length > 0 ? { references: [...whole.references, ...references] } : {}),
    ...(names.length > 0 ? { names } : {}),
    ...(whole.span === undefined && before.span !== undefined && whole.intent === before.intent
      ? { span: before.span }
      : {}),
    before,
    ...(answer === undefined ? {} : { answerBefore: answer }),
  }
}

const takesNames = ({ intent, pointsBack }: Understanding): boolean =>
  pointsBack &&
  (intent === 'credit' || intent === 'owed' || intent === 'chase' || intent === 'orders')

// Small talk is no question to take up later.
const isPassing = ({ intent }: Asked): boolean => intent === 'help' || intent === 'thanks'

// Longer chains of "and that one?" are not followed back.
const mostTurns = 12

const subjectKinds: Readonly<Record<string, ReferenceKind>> = {
  order: 'order',
  customer: 'customer',
  cluster: 'cluster',
  transaction: 'transaction',
}

/** A question that names no record, asked beside one, is about that one. */
function besideRecord(asked: Asked, subject: AgentAsk['subject']): Asked {
  const kind = subject === undefined ? undefined : subjectKinds[subject.kind]
  if (subject === undefined || kind === undefined || !isBare(asked)) return asked
  const kinds = asked.intent === 'unclear' ? [] : (about[asked.intent] ?? [])
  const isOfIt = kinds.includes(kind) || (asked.intent === 'why' && asked.before === undefined)
  return isOfIt
    ? { ...asked, references: [...asked.references, { kind, text: subject.id, at: 0 }] }
    : asked
}

type Spoken = Pick<AgentAsk, 'text' | 'history' | 'subject' | 'now' | 'timeZone'>

/** Reads a question in its conversation: what "it", "the second one", "why?" and "and SO-7?" take up. */
export function inContext(ask: Spoken): Asked {
  const clock: Clock = { now: ask.now, timeZone: ask.timeZone }
  let before: Asked | undefined
  let answer: string | undefined
  for (const turn of (ask.history ?? []).slice(-mostTurns))
    if (turn.from === 'assistant') answer = turn.text
    else {
      const asked = takingUp(understand(turn.text, clock), before, answer)
      if (!isPassing(asked)) {
        before = asked
        answer = undefined
      }
    }
  return besideRecord(takingUp(understand(ask.text ?? '', clock), before, answer), ask.subject)
}
