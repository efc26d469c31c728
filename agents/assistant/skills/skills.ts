import { validateOrder } from '../../order-validation/validate-order.ts'
import { type Finding, finding, together } from '../../shared/finding.ts'
import { type Investigation, settled } from '../../shared/investigation.ts'
import { listed } from '../../shared/words.ts'
import type { Asked } from '../understanding/in-context.ts'
import type { Intent } from '../understanding/intents.ts'
import { type Again, actSkill, optionsMeant, optionsSkill, pickSkill, whySkill } from './acts.ts'
import { chase, credit, owed } from './customers.ts'
import { failures, replaySafety } from './failures.ts'
import { releaseFirst } from './holds.ts'
import { approvals, figures, health, orders, partnerSla } from './house.ts'
import { invoice, unapplied } from './money.ts'
import { orderStatus } from './order-status.ts'
import { alternatives, stock } from './products.ts'
import { aboutOrders, type Clock, type Skill } from './records.ts'
import {
  help,
  refuseAmount,
  refuseApproval,
  refuseRecipient,
  refuseRules,
  refuseTenant,
  tenQuestions,
  thanks,
  unknowable,
} from './refusals.ts'

/** Why is this price different? */
const priceWhy: Skill = function* (asked, { timeZone }) {
  return together(
    yield* aboutOrders(asked, 'The price on which order?', (order) =>
      validateOrder(order, { timeZone, isPriceOnly: true }),
    ),
  )
}

const meanings: Partial<Record<Intent, string>> = {
  'order-status': 'where an order is',
  'release-first': 'what must be released first',
  'price-why': 'why a price is different',
  alternatives: 'what can be shipped instead',
  failures: 'what failed',
  'replay-safety': 'whether a replay is safe',
  chase: 'whom to ask for money',
  unapplied: 'what money is unapplied',
  credit: 'whether the customer is good for more',
  'partner-sla': 'which partner breaks its SLA',
  owed: 'what is owed',
  orders: 'the orders',
  stock: 'what is in stock',
  invoice: 'how an invoice stands',
  health: 'whether the connections work',
  approvals: 'what waits for a decision',
  figures: 'the key figures',
  options: 'what can be done',
  act: 'to have something proposed',
}

// The same as questions about the record that was named.
const questionsAbout: Partial<Record<Intent, (record: string) => string>> = {
  'order-status': (record) => `Where is ${record}?`,
  'price-why': (record) => `Why is the price on ${record} different?`,
  alternatives: (record) => `What can we ship instead of ${record} and when?`,
  stock: (record) => `How many ${record} do we have in stock?`,
  credit: (record) => `Is ${record} good for another order?`,
  owed: (record) => `How much does ${record} owe?`,
  orders: (record) => `Show the orders of ${record}`,
  chase: (record) => `Whom do we chase at ${record}?`,
  invoice: (record) => `How does invoice ${record} stand?`,
  options: (record) => `What can I do about ${record}?`,
}

/** One clear question back. */
function backQuestion(asked: Asked): Finding {
  // An unknown word in small letters is rather a verb we do not know than somebody's name.
  const named = [
    ...asked.references.filter(({ kind }) => kind !== 'amount').map(({ text }) => text),
    ...asked.names.filter((name) => /^\p{Lu}/u.test(name)),
  ]
  const about = named.length === 0 ? '' : ` about ${listed(named.slice(0, 3))}`
  const choices = asked.between.map((intent) => meanings[intent] ?? intent)
  if (choices.length > 0)
    return finding(
      `What do you want to know${about}?\n${choices.map((choice, place) => `${place + 1}. ${choice}`).join('\n')}`,
      {
        questions: asked.between.flatMap((intent) => {
          const [record] = named
          return record === undefined ? [] : (questionsAbout[intent]?.(record) ?? [])
        }),
      },
    )
  return finding(
    `I did not understand that${about}. I can tell, for example:\n${tenQuestions.map((question) => `- ${question}`).join('\n')}`,
    { questions: tenQuestions.slice(0, 4) },
  )
}

const askBack: Skill = (asked) => settled(backQuestion(asked))

const again: Again = (asked, clock) => answerByRules(asked, clock)

const skills: Readonly<Record<Intent | 'unclear', Skill>> = {
  'order-status': orderStatus,
  'release-first': releaseFirst,
  'price-why': priceWhy,
  alternatives,
  failures,
  'replay-safety': replaySafety,
  chase,
  unapplied,
  credit,
  'partner-sla': partnerSla,
  options: optionsSkill(again),
  act: actSkill(again),
  pick: pickSkill(again),
  why: whySkill(again),
  more: optionsSkill(again),
  approvals,
  owed,
  invoice,
  orders,
  health,
  stock,
  figures,
  help,
  thanks,
  'refuse-approve': refuseApproval,
  'refuse-amount': refuseAmount,
  'refuse-recipient': refuseRecipient,
  'refuse-rules': refuseRules,
  'refuse-tenant': refuseTenant,
  unknowable,
  unclear: askBack,
}

// What asked for a proposal is not asked for again by a "why?" or "the second one" after it.
const asksForAct = ({ intent }: Asked): boolean => intent === 'act' || intent === 'pick'

/** The question that a follow-up takes up: the last that only looked. */
function lastLook(asked: Asked): Asked {
  let question = asked
  while (asksForAct(question) && question.before !== undefined) question = question.before
  return question
}

/** Answers a question by rules: the way to it, call by call. */
export function answerByRules(asked: Asked, clock: Clock): Investigation<Finding> {
  const { before } = asked
  const question = before === undefined ? asked : { ...asked, before: lastLook(before) }
  return skills[question.intent](question, clock)
}

/** What a person's words allow to be proposed in this turn: nothing where they only ask. */
export function* proposable(asked: Asked, clock: Clock): Investigation<readonly string[]> {
  if (!asksForAct(asked)) return []
  const { options } = yield* optionsMeant(
    asked.before === undefined ? asked : { ...asked, before: lastLook(asked.before) },
    clock,
    again,
  )
  return options.map(({ candidateId }) => candidateId)
}
