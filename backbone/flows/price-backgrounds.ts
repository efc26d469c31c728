import { addDays } from '../canonical/calendar.ts'
import { groupBy } from '../canonical/group-by.ts'
import type { OrderState } from '../canonical/order-state.ts'
import { linesToExplain, type OrderComparison } from '../policies/pricing/comparison.ts'
import type { LineBackground, StoredRate } from '../policies/pricing/order-to-price.ts'
import {
  type BackgroundQuestion,
  type BoughtBefore,
  boughtBefore,
  latestRates,
  type OtherRuleFact,
  otherPromotionFacts,
  otherRuleFacts,
  type PeriodQuestion,
  periodQuantities,
} from '../store/checks/price-backgrounds.ts'
import type { TenantTx } from '../store/database.ts'
import type { FlowSetting } from './flow-setting.ts'
import {
  lineKeyOf,
  type PriceFacts,
  priceQuestions,
  promotionOf,
  rulesOf,
} from './order-to-price.ts'

/** What may explain the prices of a batch that are off: by line, and the rates of the day. */
export type Backgrounds = {
  readonly byLine: ReadonlyMap<string, LineBackground>
  readonly rates: readonly StoredRate[]
}

const noBackgrounds: Backgrounds = { byLine: new Map(), rates: [] }

const keyOf = ({ lineKey }: { readonly lineKey: string }) => lineKey

/** Rules of one kind of explanation and one owner are put together; then they are that owner's. */
function otherRulesOf(facts: readonly OtherRuleFact[], currency: string) {
  const groups = groupBy(facts, ({ why, of }) => `${why}|${of ?? ''}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { why, of } = first
    return rulesOf(group, currency).map((rule) => ({ why, rule, ...(of === null ? {} : { of }) }))
  })
}

function lastInvoicedOf(bought: BoughtBefore | undefined): Pick<LineBackground, 'lastInvoiced'> {
  const { unitPrice = null, invoiceNumber = null, invoicedOn = null } = bought ?? {}
  if (unitPrice === null || invoiceNumber === null || invoicedOn === null) return {}
  return { lastInvoiced: { unitPrice, invoiceNumber, invoicedOn } }
}

function questionsOf(
  compared: readonly { readonly order: OrderState; readonly comparison: OrderComparison }[],
  setting: FlowSetting,
): BackgroundQuestion[] {
  return compared.flatMap(({ order, comparison }) => {
    const wanted = new Set(linesToExplain(comparison).map(({ line }) => line))
    if (wanted.size === 0) return []
    return priceQuestions(order, setting).flatMap(({ lines, ...asked }) =>
      lines
        .filter(({ line }) => wanted.has(line))
        .map(({ line, sku, references = [] }) => ({
          ...asked,
          lineKey: `${asked.orderId}|${line}`,
          sku,
          references: [...asked.references, ...references],
        })),
    )
  })
}

/** Loads what may explain the prices that are off, for the whole batch; nothing where all prices agree. */
export async function loadBackgrounds(
  tx: TenantTx,
  compared: readonly { readonly order: OrderState; readonly comparison: OrderComparison }[],
  setting: FlowSetting,
): Promise<Backgrounds> {
  const questions = questionsOf(compared, setting)
  if (questions.length === 0) return noBackgrounds
  const rules = groupBy(await otherRuleFacts(tx, questions), keyOf)
  const promotions = groupBy(await otherPromotionFacts(tx, questions), keyOf)
  const bought = new Map((await boughtBefore(tx, questions)).map((fact) => [fact.lineKey, fact]))
  const currencies = [...new Set(questions.map(({ currency }) => currency))]
  const rates = await latestRates(tx, currencies, setting.today)
  const byLine = questions.map(({ lineKey, currency }): [string, LineBackground] => {
    const before = bought.get(lineKey)
    return [
      lineKey,
      {
        otherRules: otherRulesOf(rules.get(lineKey) ?? [], currency),
        promotions: (promotions.get(lineKey) ?? []).map(promotionOf),
        ...lastInvoicedOf(before),
        ...(before === undefined ? {} : { usualEach: before.usualEach }),
      },
    ]
  })
  return { byLine: new Map(byLine), rates }
}

/** What was bought before, for the lines whose breaks count over a time. */
export function loadPeriods(
  tx: TenantTx,
  orders: readonly OrderState[],
  facts: PriceFacts,
): Promise<Map<string, number>> {
  const questions = orders.flatMap((order) =>
    order.lines.flatMap((line): PeriodQuestion[] => {
      const lineKey = lineKeyOf(order, line)
      const days = (facts.rules.get(lineKey) ?? []).flatMap(({ terms }) =>
        terms?.breakBasis === 'period' ? [terms.breakPeriodDays] : [],
      )
      if (line.sku === undefined || days.length === 0) return []
      const since = addDays(order.receivedAt.slice(0, 10), -Math.max(...days))
      const { orderId, customerNumber = '' } = order
      return [{ orderId, lineKey, customerNumber, sku: line.sku, since }]
    }),
  )
  return periodQuantities(tx, questions)
}
