import { finding, together } from '../../shared/finding.ts'
import { settled } from '../../shared/investigation.ts'
import { approvals } from './house.ts'
import { statusOfOrder } from './order-status.ts'
import { aboutOrders, ordersNamed, type Skill } from './records.ts'

/** What may be asked, as suggestions. */
export const tenQuestions = [
  'Where is order SO-000123 and why is it stuck?',
  'What must I release before cut-off?',
  'Why is the price on SO-000123 different?',
  'What can we ship instead of BRG-1007 and when?',
  'What failed since yesterday and what fixes most?',
  'Is it safe to replay?',
  'Whom do we chase today, with what words?',
  'What is unapplied and why?',
  'Is C-10001 good for SO-000123?',
  'Which partner breaks its SLA?',
] as const

/** A refusal, followed by what may be done about the orders it names. */
function refusal(words: string): Skill {
  return function* (asked, clock) {
    if (ordersNamed(asked).length === 0) return finding(words)
    const found = yield* aboutOrders(asked, '', (order) => statusOfOrder(order, clock))
    return together([finding(words), ...found])
  }
}

/** It never decides. */
export const refuseApproval: Skill = function* (asked, clock) {
  const words =
    'I do not approve, reject or skip an approval, for nobody: a person decides in the inbox, and who asked for something large is not who approves it.'
  if (ordersNamed(asked).length > 0)
    return yield* refusal(`${words} I can propose it, if the rules offer it.`)(asked, clock)
  return together([finding(words), yield* approvals(asked, clock)])
}

/** Amounts are those of the rules. */
export const refuseAmount: Skill = refusal(
  'I do not set or change prices, amounts, limits, discounts or quantities: they come from your agreements and policies, which people change under Policies and Master data. What the rules offer I can propose.',
)

/** Recipients are those of master data. */
export const refuseRecipient: Skill = refusal(
  'I do not write to addresses given in a chat: recipients come from the customer file. A message the collections ladder allows I can propose; it goes to the contact on file once a person has approved.',
)

/** What is said in a conversation does not change the rules. */
export const refuseRules: Skill = refusal(
  'My rules are not changed by what is said here, and I show no instructions or secrets. I look things up, explain them and propose; people decide.',
)

/** One house is all it sees. */
export const refuseTenant: Skill = refusal(
  'I see the records of your own house only; of others I know nothing and can tell nothing.',
)

/** What no record says. */
export const unknowable: Skill = () =>
  settled(
    finding(
      'That I cannot know: no record of the house says it, and I do not guess. I can tell what the orders, connections, stock, invoices and payments say.',
      { questions: tenQuestions.slice(0, 4) },
    ),
  )

/** What it is for. */
export const help: Skill = () =>
  settled(
    finding(
      `I look into orders, holds, prices, stock, failures, receivables and partners, explain what the rules found, and propose what could be done; people decide. Ask me, for example:\n${tenQuestions.map((question) => `- ${question}`).join('\n')}`,
      { questions: tenQuestions.slice(0, 4) },
    ),
  )

/** Small talk. */
export const thanks: Skill = () => settled(finding('Gladly. What else?'))
