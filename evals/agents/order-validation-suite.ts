import { z } from 'zod'
import type { BoundTools } from '../../agents/agent.ts'
import { orderValidation } from '../../agents/order-validation/order-validation.ts'
import type { Api } from '../../bench/house/furnish.ts'
import { faultsOfCalls } from '../graders/tool-calls.ts'
import { upperBound } from '../pricing/clopper-pearson.ts'
import { receiveOrders } from '../pricing/furnish.ts'
import { type GradedOrder, generateOrders } from '../pricing/generate.ts'
import { ambiguous, type ErrorKind, errorKindOf, errorKinds } from '../pricing/kinds.ts'
import { kindScore } from '../pricing/score.ts'
import type { World } from '../pricing/world.ts'
import { casesOf } from './case-files.ts'
import { type Figure, passFigures, resultOf, type SuiteResult, share } from './results.ts'
import { inTurn, trialsOf } from './suite.ts'
import { type ModelOfTrial, runTrial, type Trial } from './trial.ts'

/** One order of those that `seed` generates, by its place. */
const Case = z.strictObject({
  id: z.string(),
  seed: z.int(),
  of: z.int(),
  place: z.int().min(0),
})
type Case = z.infer<typeof Case>

/** Where orders come in and tools are called: a running product with the generated distributor in it. */
export type OrderHouse = {
  readonly api: Api
  readonly url: string
  readonly world: World
  readonly trials: number
  readonly model?: ModelOfTrial | undefined
}

// The rules let these pass by themselves: nobody is told of them.
const decidedAlone: readonly ErrorKind[] = ['WITHIN_TOLERANCE']

type Label = ErrorKind | typeof ambiguous

const Page = z.object({
  items: z.array(
    z.object({ orderId: z.string(), purchaseOrderNumber: z.string(), stage: z.string() }),
  ),
  nextCursor: z.string().nullable(),
})
type Received = z.infer<typeof Page>['items'][number]

async function ordersIn(api: Api): Promise<Map<string, Received>> {
  const found = new Map<string, Received>()
  let after = ''
  for (;;) {
    const page = Page.parse(await api.get(`/v1/orders?limit=200${after}`))
    for (const order of page.items) found.set(order.purchaseOrderNumber, order)
    if (page.nextCursor === null) return found
    after = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}

/** The tools of the running product, by its own door. */
function toolsOver(api: Api): BoundTools {
  return {
    names: orderValidation.tools,
    call: async (name, args) =>
      z.record(z.string(), z.unknown()).parse(await api.send('POST', `/v1/tools/${name}`, args)),
  }
}

/** What the agent says is wrong with an order. */
type Told = { readonly labels: ReadonlySet<Label>; readonly minor: ReadonlyMap<Label, number> }

const findingLine = /^- (?:Line \S+|The order): ([A-Z_]+)\. .*$/gm
const differenceIn = /\bDifference (-?[\d,]+\.\d\d) [A-Z]{3}\b/

function toldIn(text: string): Told {
  const minor = new Map<Label, number>()
  const labels = new Set<Label>()
  for (const [line, name = ''] of text.matchAll(findingLine)) {
    const label = name === ambiguous ? ambiguous : errorKindOf(name)
    if (label === undefined) continue
    labels.add(label)
    const amount = differenceIn.exec(line)?.[1]
    const cents = amount === undefined ? 0 : Math.round(Number(amount.replaceAll(',', '')) * 100)
    minor.set(label, (minor.get(label) ?? 0) + cents)
  }
  return { labels, minor }
}

const Held = z.object({ holds: z.array(z.object({ type: z.string() })) })

// A cancel window ends by itself.
const isStopped = ({ said }: Trial): boolean =>
  said.some(
    ({ tool, answer }) =>
      tool === 'order_validate' &&
      Held.parse(answer).holds.some(({ type }) => type !== 'CANCEL_WINDOW'),
  )

type Graded = {
  readonly truth: GradedOrder['truth']
  readonly told: Told
  readonly wentOn: boolean
  readonly isReleased: boolean
}

/** The kinds a person must be told of. */
const owedTo = ({ truth }: Pick<Graded, 'truth'>): Label[] => [
  ...truth.kinds.filter((kind) => !decidedAlone.includes(kind)),
  ...(truth.ambiguities.length > 0 ? ([ambiguous] as const) : []),
]

function faultsOf(graded: Graded): string[] {
  const { truth, told, wentOn, isReleased } = graded
  const owed = truth.mayGoOn === true ? [] : owedTo(graded)
  const known = new Set<Label>([...owedTo(graded), ...truth.kinds])
  return [
    ...owed.filter((label) => !told.labels.has(label)).map((label) => `does not tell ${label}`),
    ...[...told.labels].filter((label) => !known.has(label)).map((label) => `tells ${label}`),
    ...moneyOf(graded)
      .filter(({ isExact, isTold }) => isTold && !isExact)
      .map(({ label, is, was }) => `${label}: difference ${was}, right is ${is}`),
    ...(wentOn && truth.mayGoOn === false ? ['it went on without a person'] : []),
    ...(isReleased && truth.mayGoOn === false ? ['it is proposed to be released'] : []),
  ]
}

function moneyOf({ truth, told }: Graded) {
  const labels: readonly Label[] = [...errorKinds, ambiguous]
  return labels.flatMap((label) => {
    const is = truth.deltas[label] ?? undefined
    if (is === undefined) return []
    const was = told.minor.get(label) ?? 0
    return { label, is, was, isTold: told.labels.has(label), isExact: is === was }
  })
}

function figuresOf(graded: readonly Graded[]): Figure[] {
  const kinds = errorKinds
    .filter((kind) => !decidedAlone.includes(kind))
    .flatMap((kind) => {
      const count = (isTrue: boolean, isSaid: boolean) =>
        graded.filter(
          ({ truth, told }) =>
            // What may go on is decided alone, whatever its kind.
            (truth.kinds.includes(kind) && truth.mayGoOn !== true) === isTrue &&
            (told.labels.has(kind) && !(truth.mayGoOn === true && truth.kinds.includes(kind))) ===
              isSaid,
        ).length
      const scored = kindScore(kind, {
        right: count(true, true),
        tooMuch: count(false, true),
        missed: count(true, false),
      })
      return scored.right + scored.tooMuch + scored.missed === 0 ? [] : [scored]
    })
  const mean = (of: (kind: (typeof kinds)[number]) => number) =>
    kinds.reduce((sum, kind) => sum + of(kind), 0) / Math.max(1, kinds.length)
  const money = graded.flatMap(moneyOf).filter(({ isTold }) => isTold)
  const bad = graded.filter(({ truth }) => truth.mayGoOn === false)
  const gone = bad.filter(({ wentOn, isReleased }) => wentOn || isReleased).length
  const detail = `mean of ${kinds.length} kinds`
  return [
    { name: 'kinds: precision', value: mean(({ precision }) => precision), better: 'more', detail },
    { name: 'kinds: recall', value: mean(({ recall }) => recall), better: 'more', detail },
    share(
      'money to the minor unit, where the kind is told',
      { count: money.filter(({ isExact }) => isExact).length, of: money.length },
      'more',
    ),
    share('wrong-auto', { count: gone, of: bad.length }, 'less'),
    {
      ...{ name: 'wrong-auto, 95 % upper bound', value: upperBound(gone, bad.length) },
      ...{ better: 'less', isShownOnly: true },
    },
    ...kinds.map(({ kind, precision, recall, right, missed }) => ({
      ...({ name: `${kind}: recall`, value: recall, better: 'more', isShownOnly: true } as const),
      detail: `${right} of ${right + missed}; precision ${precision.toFixed(2)}`,
    })),
  ]
}

/** Grades order validation on generated orders with known faults that came into a running product by its own door. */
export async function orderValidationSuite(house: OrderHouse): Promise<SuiteResult> {
  const { api, url, world, trials, model } = house
  const own = casesOf('order-validation', Case)
  const bySeed = new Map<string, readonly GradedOrder[]>()
  const orderOf = ({ seed, of, place }: Case): GradedOrder | undefined => {
    const key = `${seed} ${of}`
    const made = bySeed.get(key) ?? generateOrders(world, { seed, orders: of })
    bySeed.set(key, made)
    return made[place]
  }
  const orders = own.flatMap((one) => {
    const order = orderOf(one)
    return order === undefined ? [] : [{ one, order }]
  })
  await receiveOrders(
    api,
    url,
    orders.map(({ order }) => order.document),
  )
  const received = await ordersIn(api)
  const tools = toolsOver(api)
  const graded: Graded[] = []
  const cases = await inTurn(orders, async ({ one, order }) => {
    const { purchaseOrderNumber } = order.document
    const came = received.get(purchaseOrderNumber)
    if (came === undefined) throw new Error(`Order ${purchaseOrderNumber} is not in.`)
    const subject = { kind: 'order', id: came.orderId }
    const runs = await inTurn(trialsOf({ trials }), async (place) => {
      const trial: Trial = await runTrial(orderValidation, { tools, ask: { subject }, model })
      const result: Graded = {
        truth: order.truth,
        told: toldIn(trial.text),
        wentOn: came.stage !== 'rejected' && !isStopped(trial),
        isReleased: trial.cards.some(({ kind }) => kind === 'release-hold'),
      }
      if (place === 1) graded.push(result)
      const uses = ['order_validate']
      return { trial, faults: [...faultsOf(result), ...faultsOfCalls(trial, { uses })] }
    })
    const title = order.variants.join(' and ') || 'clean'
    return resultOf({ id: one.id, group: order.truth.kinds[0] ?? 'clean', title }, runs, {
      isRepeatable: model === undefined,
    })
  })
  return {
    agent: 'order-validation',
    cases,
    figures: [...passFigures(cases), ...figuresOf(graded)],
  }
}
