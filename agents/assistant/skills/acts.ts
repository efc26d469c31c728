import type { ActKind } from '../../../backbone/canonical/proposal.ts'
import { planCustomer } from '../../collections/plan-collections.ts'
import { validateOrder } from '../../order-validation/validate-order.ts'
import {
  type Finding,
  finding,
  type Option,
  optionsHeading,
  together,
} from '../../shared/finding.ts'
import type { Investigation } from '../../shared/investigation.ts'
import { type MadeProposal, propose } from '../../shared/proposing.ts'
import { counted, localTime, sentence } from '../../shared/words.ts'
import { safetyOfAll } from '../../triage/triage-failures.ts'
import type { Asked } from '../understanding/in-context.ts'
import type { ActWord } from '../understanding/understand.ts'
import { replaySafety } from './failures.ts'
import { statusOfOrder } from './order-status.ts'
import {
  aboutOrders,
  type Clock,
  findCustomer,
  findOrder,
  ordersNamed,
  referencesOf,
  type Skill,
  whichOrder,
} from './records.ts'

const kindsOf: Readonly<Record<ActWord, readonly ActKind[]>> = {
  release: ['release-hold'],
  hold: ['place-hold'],
  cancel: ['cancel-order'],
  reprice: ['reprice-line'],
  substitute: ['substitute-line'],
  split: ['split-line'],
  backorder: ['backorder-line'],
  retry: ['retry-transactions'],
  remind: ['send-collections-message'],
}

/** How the question before is looked into again; handed in, since it is one of the skills. */
export type Again = (asked: Asked, clock: Clock) => Investigation<Finding>

/** Looks into the records that a wish names, whatever is wished. */
function* lookedInto(asked: Asked, clock: Clock): Investigation<Finding | undefined> {
  const { act } = asked
  const names = asked.names.length > 0 || referencesOf(asked, ['customer']).length > 0
  if (act === 'retry') return yield* replaySafety(asked, clock)
  if (ordersNamed(asked).length > 0)
    return together(yield* aboutOrders(asked, '', (order) => statusOfOrder(order, clock)))
  if (referencesOf(asked, ['transaction', 'cluster']).length > 0)
    return yield* replaySafety(asked, clock)
  if (!names || act === 'release' || act === 'cancel') return undefined
  const customer = yield* findCustomer(asked)
  if (customer === undefined) return undefined
  return 'ask' in customer ? customer.ask : yield* planCustomer(customer.id, clock)
}

const namesAnything = ({ references, names }: Asked): boolean =>
  references.length > 0 || names.length > 0

const hasSku = (asked: Asked, { title }: Option): boolean => {
  const skus = referencesOf(asked, ['sku'])
  return skus.length === 0 || skus.some(({ text }) => title.toUpperCase().includes(text))
}

/** The finding that a wish refers to, and those of its options that it can mean. */
export type Meaning = { readonly found: Finding; readonly options: readonly Option[] }

/** Whether an answer ended in the numbered list of the rules; a model may have put it in words of its own. */
const isListedIn = (answer: string | undefined): boolean =>
  answer?.includes(optionsHeading) ?? false

/** Whether a list showed this option: what was not on it cannot have been meant by "the second one". */
const wasShown = ({ title }: Option, answer: string | undefined): boolean =>
  answer === undefined || !isListedIn(answer) || answer.includes(title)

function* meantBefore(asked: Asked, clock: Clock, again: Again): Investigation<Meaning> {
  const { before, answerBefore } = asked
  if (before === undefined)
    return {
      found: finding('What should I propose? Name an order, a customer or a failure.'),
      options: [],
    }
  const found = yield* again(before, clock)
  const shown = found.options.filter((option) => wasShown(option, answerBefore))
  return { found, options: shown }
}

/** What a person's words could want to have proposed: nothing else may be, whoever words the answer. */
export function* optionsMeant(asked: Asked, clock: Clock, again: Again): Investigation<Meaning> {
  const kinds = asked.act === undefined ? undefined : kindsOf[asked.act]
  const isOf = (option: Option) => kinds === undefined || kinds.includes(option.kind)
  const isNamed = namesAnything(asked)
  if (asked.intent === 'act' && (isNamed || asked.act === 'retry')) {
    const found = yield* lookedInto(asked, clock)
    if (found !== undefined)
      return {
        found,
        options: found.options.filter((option) => isOf(option) && hasSku(asked, option)),
      }
  }
  const meaning = yield* meantBefore(asked, clock, again)
  return { ...meaning, options: meaning.options.filter(isOf) }
}

function proposedWords({ card, url }: MadeProposal, { timeZone }: Clock): string {
  const what = sentence(card.title)
  return card.status === 'requires_review'
    ? `Proposed: ${what} It is ${card.proposalId} and waits for a person until ${localTime(card.expiresAt, timeZone)}; nothing has been done yet. Decide here: ${url}`
    : `Proposed: ${what} It is ${card.proposalId} and stands at "${card.status}": ${url}`
}

function* proposed(options: readonly Option[], clock: Clock): Investigation<Finding> {
  const said: string[] = []
  for (const option of options) {
    const made = yield* propose(option)
    said.push(
      made.outcome === 'found'
        ? proposedWords(made.value, clock)
        : `Not proposed: ${sentence(option.title)} ${made.why}`,
    )
  }
  return finding(said.join('\n'), { questions: ['What is waiting for approval?'] })
}

const nothingOffered = (asked: Asked, { found }: Meaning): Finding => {
  const what = asked.act === undefined ? 'that' : `to ${asked.act} it`
  const why =
    found.options.length === 0
      ? `The rules offer nothing to do here, so I cannot propose ${what}.`
      : `The rules do not offer ${what} now. What they offer is listed below.`
  return { ...found, words: `${why}\n${found.words}` }
}

// What a single wish can mean together: all that is safe to send again.
const mostTogether = 5

/** The first, or of what may be sent again all that is meant. */
function wantedOf({ act, text }: Asked, options: readonly Option[]): readonly Option[] {
  const isForAll = act === 'retry' && /\b(all|them|everything|ones|failed)\b/i.test(text)
  return options.slice(0, isForAll ? mostTogether : 1)
}

/** "Do it" means one thing only where a list stood under the answer, or where only one thing can be done. */
const isUnclear = ({ act, answerBefore }: Asked, { options }: Meaning): boolean =>
  act === undefined && options.length > 1 && !isListedIn(answerBefore)

/** Does what a person asks for: asks people to decide about it. */
export function actSkill(again: Again): Skill {
  return function* (asked, clock) {
    const meaning = yield* optionsMeant(asked, clock, again)
    const [best] = meaning.options
    if (best === undefined)
      return asked.before === undefined && !namesAnything(asked) && asked.act !== 'retry'
        ? whichOrder('What should I propose, and for which order?')
        : nothingOffered(asked, meaning)
    if (isUnclear(asked, meaning))
      return { ...meaning.found, words: `Which of these do you mean?\n${meaning.found.words}` }
    const wanted = wantedOf(asked, meaning.options)
    const made = yield* proposed(wanted, clock)
    const rest = meaning.options.length - wanted.length
    return rest === 0
      ? made
      : {
          ...made,
          words: `${made.words}\n${counted(rest, 'other way')} would be possible; say which, if you mean another.`,
        }
  }
}

/** The record that a place in a list names, looked into. */
function* ofListed(name: string, clock: Clock): Investigation<Finding | undefined> {
  const [kind = '', id = ''] = name.split(/:(.*)/s)
  if (kind === 'order') return yield* statusOfOrder(id, clock)
  if (kind === 'customer') return yield* planCustomer(id, clock)
  return undefined
}

/** "The second one": an option of the answer before, or a record of its list. */
export function pickSkill(again: Again): Skill {
  return function* (asked, clock) {
    const { before, answerBefore = '', ordinal = 1 } = asked
    if (before === undefined) return finding('The which? I have not listed anything yet.')
    const found = yield* again(before, clock)
    const at = <Item>(items: readonly Item[]): Item | undefined =>
      ordinal < 0 ? items.at(ordinal) : items[ordinal - 1]
    const option = at(found.options)
    if (isListedIn(answerBefore) && found.options.length > 0) {
      if (option !== undefined && wasShown(option, answerBefore))
        return yield* proposed([option], clock)
      const changed: Finding = {
        ...found,
        words: `There is no such choice any more: the records have changed, or the list was shorter.\n${found.words}`,
      }
      return changed
    }
    const name = at(found.listed)
    const looked = name === undefined ? undefined : yield* ofListed(name, clock)
    return looked ?? { ...found, words: `I cannot tell which one you mean.\n${found.words}` }
  }
}

function withFacts(found: Finding): Finding {
  const facts = found.options.flatMap(({ title, because }) =>
    because === undefined ? [] : [`- ${sentence(title)} ${because}`],
  )
  const opening =
    facts.length === 0
      ? 'It rests on these records:'
      : `It rests on these facts:\n${facts.slice(0, 6).join('\n')}`
  return { ...found, words: `${opening}\n${found.words}` }
}

/** "Why?": the facts under the answer before. */
export function whySkill(again: Again): Skill {
  return function* (asked, clock) {
    const { before } = asked
    const named = asked.references.length > 0 ? asked : (before ?? asked)
    const [order] = ordersNamed(named)
    if (order !== undefined && before?.intent !== 'credit') {
      const meant = yield* findOrder(order)
      return 'ask' in meant ? meant.ask : yield* validateOrder(meant.id, clock)
    }
    if (before !== undefined) return withFacts(yield* again(before, clock))
    return finding('Why what? Ask me about an order, a failure or a customer first.')
  }
}

/** What can be done about a record. */
export function optionsSkill(again: Again): Skill {
  return function* (asked, clock) {
    const found = yield* lookedInto(asked, clock)
    if (found !== undefined) return found
    if (asked.before !== undefined) return yield* again(asked.before, clock)
    return yield* safetyOfAll(clock)
  }
}
