import { z } from 'zod'
import { substitution } from '../../agents/substitution/substitution.ts'
import { callerOf } from '../../testing/tools-world.ts'
import { faultsOfProposals, stateOf } from '../graders/end-state.ts'
import { faultsOfCalls } from '../graders/tool-calls.ts'
import { allowedFor, mayBeSold } from '../truth/substitutes.ts'
import { furnishShortLines } from '../worlds/short-lines.ts'
import { casesOf } from './case-files.ts'
import { atMost, type Figure, passFigures, resultOf, share } from './results.ts'
import { inTurn, type Suite, trialsOf } from './suite.ts'
import { runTrial, type Trial, toolsIn } from './trial.ts'

const Case = z.strictObject({
  id: z.string(),
  sku: z.string(),
  quantity: z.int().min(1),
  customer: z.string(),
})
type Case = z.infer<typeof Case>

const Priced = z.object({ lines: z.tuple([z.object({ unit_price: z.string() })]) })

// A way of the list that puts another product on the line: "   item: BRG-1007 -> BRG-1016; …".
const swapped = /-> ([A-Z]{3}-\d{4})\b/

/** The products the agent shows instead, in its order. */
function shownIn({ text }: Trial, { sku }: Case): string[] {
  const blocks = text.split(/^(?=\d+\. )/m).filter((block) => /^\d+\. /.test(block))
  const shown = blocks.flatMap((block) => {
    const [, found] = swapped.exec(block) ?? []
    if (found !== undefined && found !== sku) return [found]
    const named = (block.split('\n')[0] ?? '').match(/\b[A-Z]{3}-\d{4}\b/g) ?? []
    return /substitute|instead/i.test(block) ? named.filter((one) => one !== sku).slice(0, 1) : []
  })
  return [...new Set(shown)]
}

/** What was shown for a line, and what might have been. */
type Judged = {
  readonly sku: string
  readonly shown: readonly string[]
  readonly wrong: readonly string[]
  readonly allowed: readonly string[]
  /** Of the allowed those that are there and cost no money to sell. */
  readonly there: readonly string[]
}

const isHit = ({ shown, there }: Judged, within: number): boolean =>
  shown.slice(0, within).some((sku) => there.includes(sku))

function faultsOf(judged: Judged): string[] {
  const { sku, shown, wrong, there } = judged
  const isMissed = there.length > 0 && !isHit(judged, 1)
  return [
    ...wrong.map((one) => `shows ${one}, which must not stand in for ${sku}`),
    ...(isMissed
      ? [`first is ${shown[0] ?? 'nothing'}; allowed and there: ${there.join(', ')}`]
      : []),
  ]
}

function figuresOf(judged: readonly Judged[]): Figure[] {
  const able = judged.filter(({ there }) => there.length > 0)
  const none = judged.filter(({ allowed }) => allowed.length === 0)
  const hits = (within: number) => able.filter((one) => isHit(one, within)).length
  const wrong = judged.reduce((sum, one) => sum + one.wrong.length, 0)
  const shown = judged.reduce((sum, one) => sum + one.shown.length, 0)
  const rightly = none.filter((one) => one.shown.length === 0).length
  return [
    share('hit@1', { count: hits(1), of: able.length }, 'more'),
    share('hit@3', { count: hits(3), of: able.length }, 'more'),
    share('wrong among the shown', { count: wrong, of: shown }, 'less'),
    share('nothing shown where nothing is allowed', { count: rightly, of: none.length }, 'more'),
  ]
}

/** Grades substitution: short lines of which it is known what may stand in. */
export const substitutionSuite: Suite = async (setting) => {
  const { house } = setting
  const tenantId = await house.newTenant()
  const own = casesOf('substitution', Case)
  const priceOf = async ({ customer, sku, quantity }: Case) => {
    const lines = [`${sku}=${quantity} EA`]
    const cart = { customer_number: customer, lines }
    const said = await house.callTool(callerOf(tenantId), 'order_validate', cart)
    return Priced.parse(said).lines[0].unit_price
  }
  const furnished = await furnishShortLines(house.database, tenantId, own, priceOf)
  const { catalogue, rules, orderOf, priceAt } = furnished
  const before = await stateOf(house.database, tenantId)
  const judged: Judged[] = []
  const tools = toolsIn(house.callTool, tenantId, substitution)

  function judge(trial: Trial, one: Case): Judged {
    const { sku, quantity, customer: customerNumber } = one
    const allowed = allowedFor({ sku, customerNumber }, catalogue, rules)
    const line = { quantity, unitPrice: priceAt.get(one.id) ?? '0' }
    const there = catalogue
      .filter((product) => allowed.includes(product.sku) && mayBeSold(product, line))
      .map((product) => product.sku)
    const shown = shownIn(trial, one)
    const wrong = shown.filter((each) => !allowed.includes(each))
    return { sku, shown, wrong, allowed, there }
  }

  const cases = await inTurn(own, async (one) => {
    const subject = { kind: 'order', id: orderOf.get(one.id) ?? '' }
    const trials = await inTurn(trialsOf(setting), async (place) => {
      const ask = { tenantId, subject }
      const trial = await runTrial(substitution, { tools, ask, model: setting.model })
      const uses = ['order_alternatives']
      const verdict = judge(trial, one)
      if (place === 1) judged.push(verdict)
      return { trial, faults: [...faultsOf(verdict), ...faultsOfCalls(trial, { uses })] }
    })
    const title = `${one.quantity} of ${one.sku} for ${one.customer}`
    const head = { id: one.id, group: one.sku.slice(0, 3), title }
    return resultOf(head, trials, { isRepeatable: setting.model === undefined })
  })
  const isAsBefore = before === (await stateOf(house.database, tenantId))
  const strange = await faultsOfProposals(house.database, tenantId)
  return {
    agent: 'substitution',
    cases,
    figures: [
      ...passFigures(cases),
      ...figuresOf(judged),
      atMost('records changed without a decision', isAsBefore ? 0 : 1),
      atMost('proposals about no record or past waiting', strange.length),
    ],
  }
}
