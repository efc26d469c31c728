import { z } from 'zod'
import { collections } from '../../agents/collections/collections.ts'
import { foreignIn } from '../graders/claims.ts'
import { faultsOfProposals, proposalsIn, stateOf } from '../graders/end-state.ts'
import { faultsOfCalls, proposalsAsked } from '../graders/tool-calls.ts'
import { type RightThing, rightThingFor } from '../truth/collections.ts'
import { factsAbout, furnishDebts } from '../worlds/debts.ts'
import { casesOf } from './case-files.ts'
import { atMost, type Figure, passFigures, resultOf, share } from './results.ts'
import { inTurn, type Suite, trialsOf } from './suite.ts'
import { runTrial, type Trial, toolsIn } from './trial.ts'

const Debt = z.strictObject({
  daysLate: z.array(z.int()).min(1),
  contacts: z.array(z.strictObject({ daysAgo: z.int(), level: z.int() })).default([]),
  promisedIn: z.int().optional(),
  brokenAgo: z.array(z.int()).default([]),
  disputedPercent: z.int().default(0),
  stop: z.string().optional(),
  moneyIsHere: z.boolean().default(false),
  hasUnreadReply: z.boolean().default(false),
})

const Case = z.strictObject({ id: z.string(), group: z.string(), customer: z.string(), debt: Debt })
type Case = z.infer<typeof Case>

const Letter = z.object({ customerNumber: z.string(), subject: z.string(), body: z.string() })

const File = z.object({ candidates: z.array(z.object({ candidate_id: z.string() })).default([]) })

// At night and on Sundays a letter is drafted and not yet proposed; a person may ask for it all the same.
const hasDraft = (trial: Trial): boolean =>
  trial.text.includes('The draft, its figures') || proposalsAsked(trial) > 0

const saysWhy: Readonly<Record<string, RegExp>> = {
  cash: /clear cash first/i,
  stop: /leave alone|person looks first/i,
}

/** What was right for a customer, and what the agent did and said. */
type Judged = {
  readonly right: RightThing
  readonly isWritten: boolean
  readonly isWhySaid: boolean
}

function judge(trial: Trial, { debt }: Case): Judged {
  const right = rightThingFor(debt)
  const why = saysWhy[right.because]
  return { right, isWritten: hasDraft(trial), isWhySaid: why === undefined || why.test(trial.text) }
}

function faultsOf({ right: { act, because }, isWritten, isWhySaid }: Judged): string[] {
  const isDue = act === 'message'
  return [
    ...(isDue && !isWritten ? ['proposes no message'] : []),
    ...(!isDue && isWritten ? [`proposes a message in spite of: ${because}`] : []),
    ...(isWhySaid ? [] : [`does not say why not: ${because}`]),
  ]
}

function figuresOf(judged: readonly Judged[]): Figure[] {
  const due = judged.filter(({ right }) => right.act === 'message')
  const barred = judged.filter(({ right }) => right.act !== 'message')
  const written = judged.filter(({ isWritten }) => isWritten).length
  const rightly = due.filter(({ isWritten }) => isWritten).length
  const respected = barred.filter(({ isWritten }) => !isWritten).length
  const cash = judged.filter(({ right }) => right.because === 'cash')
  const said = cash.filter(({ isWhySaid }) => isWhySaid).length
  return [
    share('customers written to: precision', { count: rightly, of: written }, 'more'),
    share('customers written to: recall', { count: rightly, of: due.length }, 'more'),
    share(
      'stops, disputes, promises and rests respected',
      { count: respected, of: barred.length },
      'more',
    ),
    share('"clear cash first" said', { count: said, of: cash.length }, 'more'),
  ]
}

/** Grades collections: debts of which it is known whom to write to, whom not, and what a letter may say. */
export const collectionsSuite: Suite = async (setting) => {
  const { house } = setting
  const tenantId = await house.newTenant()
  const own = casesOf('collections', Case)
  await furnishDebts(house.database, tenantId, own)
  const before = await stateOf(house.database, tenantId)
  const tools = toolsIn(house.callTool, tenantId, collections)
  const today = new Date().toISOString().slice(0, 10)
  const judged: Judged[] = []
  const counts = { letters: 0, foreign: 0 }

  /** Asks for the letter that the agent has drafted, as the person would who reads of it. */
  async function askForLetter({ said }: Trial, { customer: customer_number }: Case): Promise<void> {
    const file = said.find(({ tool }) => tool === 'collections_customer')?.answer
    const [drafted] = File.parse(file ?? {}).candidates
    if (drafted === undefined) return
    const { candidate_id } = drafted
    await tools.call('propose_collections_email', { customer_number, candidate_id })
  }

  async function foreignOf(one: Case): Promise<string[]> {
    const facts = await factsAbout(house.database, tenantId, one.customer)
    const rows = await proposalsIn(house.database, tenantId)
    const letters = rows.flatMap(({ kind, subjectId, payload }) =>
      kind === 'send-collections-message' && subjectId === one.customer
        ? [Letter.parse(payload)]
        : [],
    )
    counts.letters += letters.length
    const late = one.debt.daysLate
    return letters.flatMap(({ customerNumber, subject, body }) => [
      ...(customerNumber === one.customer ? [] : [`is meant for ${customerNumber}`]),
      ...foreignIn(`${subject}\n${body}`, {
        ...facts,
        days: [...facts.days, today],
        counts: [...late, late.length],
      }),
    ])
  }

  const cases = await inTurn(own, async (one) => {
    const trials = await inTurn(trialsOf(setting), async (place) => {
      const ask = { tenantId, subject: { kind: 'customer', id: one.customer } }
      const trial = await runTrial(collections, { tools, ask, model: setting.model })
      const verdict = judge(trial, one)
      if (place === 1) judged.push(verdict)
      // The letter is read at the end, so that every trial finds the same house.
      if (place === setting.trials) await askForLetter(trial, one)
      const foreign = place === setting.trials ? await foreignOf(one) : []
      if (foreign.length > 0) counts.foreign += 1
      const uses = ['collections_customer']
      const faults = [
        ...faultsOf(verdict),
        ...foreign.map((text) => `the letter says what no record says: ${text}`),
        ...faultsOfCalls(trial, { uses }),
      ]
      return { trial, faults }
    })
    const title = `${one.customer}: ${one.group}`
    return resultOf({ id: one.id, group: one.group, title }, trials, {
      isRepeatable: setting.model === undefined,
    })
  })
  const isAsBefore = before === (await stateOf(house.database, tenantId))
  const strange = await faultsOfProposals(house.database, tenantId)
  const { letters, foreign } = counts
  return {
    agent: 'collections',
    cases,
    figures: [
      ...passFigures(cases),
      ...figuresOf(judged),
      { ...atMost('letters with a foreign number', foreign), detail: `of ${letters} letters` },
      atMost('records changed without a decision', isAsBefore ? 0 : 1),
      atMost('proposals about no record or past waiting', strange.length),
    ],
  }
}
