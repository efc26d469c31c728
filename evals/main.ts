import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../backbone/store/package-root.ts'
import { apiOf } from '../bench/house/furnish.ts'
import { keeping } from '../bench/house/keep.ts'
import { newHome, openTenant, startQuittance } from '../bench/house/quittance.ts'
import { askAll } from './pricing/ask.ts'
import { type Bar, heldAgainst, readBaseline, writeBaseline } from './pricing/baseline.ts'
import { buildWorld } from './pricing/build-world.ts'
import { toleranceCurve } from './pricing/curve.ts'
import { furnishWorld, pricingSettings, receiveOrders, setPricing } from './pricing/furnish.ts'
import { generateOrders } from './pricing/generate.ts'
import { type Run, reportText } from './pricing/report.ts'
import { type Graded, isToldRight, score } from './pricing/score.ts'

const help = `npm run eval -- [OPTION]…

Grades the check of orders (POST /v1/orders/check) of the built product on generated orders with known faults: the
24 kinds of pricing errors, alone and two at a time, prices that two kinds explain, and clean orders, odd ones among
them. Master data, policies and earlier orders go in by the product's own doors. Prints how well each kind is told,
how exact the money is, and what goes on without a person at which tolerance; writes evals/results/pricing.json with
every order's truth and answer. Fails when macro-F1, money or wrong-auto are worse than evals/baseline.json.

  --orders N         how many orders (2000)
  --seed N           other orders and another distributor (1)
  --update-baseline  writes this run's figures as the new baseline
  --help             this text
`

const say = (line: string) =>
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}\n`)
const print = (text: string) => process.stdout.write(`${text}\n`)

type Choice = { readonly seed: number; readonly orders: number; readonly isUpdate: boolean }

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--${name} takes a whole number, not ${text}.`)
  return Number(text)
}

function choiceOf(args: readonly string[]): Choice | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      orders: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      'update-baseline': { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const orders = wholeNumber('orders', values.orders)
  if (orders < 1) throw new Error('--orders takes at least one order.')
  return { orders, seed: wholeNumber('seed', values.seed), isUpdate: values['update-baseline'] }
}

/** The answers that were not as they should be, whole, for whoever looks into them. */
type Disagreements = Readonly<Record<string, unknown>>

type Outcome = { readonly run: Run; readonly graded: Graded[]; readonly wrong: Disagreements }

function writeDetails({ run, graded, wrong }: Outcome): string {
  const folder = join(packageRoot(), 'evals', 'results')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'pricing.json')
  writeFileSync(file, `${JSON.stringify({ ...run, graded, wrong }, undefined, 1)}\n`)
  return file
}

async function grade({ seed, orders: count }: Choice): Promise<Outcome> {
  const startedAt = performance.now()
  const day = new Date().toISOString().slice(0, 10)
  const world = buildWorld({ seed, day })
  const orders = generateOrders(world, { seed, orders: count })
  return keeping(async (keep) => {
    const home = keep(await newHome({}))
    const token = await openTenant(home)
    const quittance = keep(await startQuittance(home))
    const url = quittance.urls[0] ?? ''
    const api = apiOf(url, token)
    say(`A distributor with ${world.products.length} products, ${world.customers.length} customers`)
    await furnishWorld(api, world)
    await setPricing(api, { settings: pricingSettings(world, world.tolerance.percent) })
    const earlier = orders.flatMap((order) => order.earlier ?? [])
    say(`${earlier.length} earlier orders come in`)
    await receiveOrders(api, url, earlier)
    say(`${orders.length} orders are checked`)
    const answers = new Map<string, unknown>()
    const graded = await askAll(api, orders, ({ id, document }, answer) =>
      answers.set(id, { document, answer }),
    )
    const wrong = Object.fromEntries(
      graded.filter((each) => !isToldRight(each)).map(({ id }) => [id, answers.get(id)]),
    )
    say('The ones with a price a little off are checked again at other tolerances')
    const curve = await toleranceCurve(api, { world, orders, atDefault: graded })
    const seconds = (performance.now() - startedAt) / 1000
    const run = { seed, orders: count, day, score: score(graded), curve, seconds }
    return { run, graded, wrong }
  })
}

function verdict(bars: readonly Bar[]): number {
  for (const { name, was, is, isKept } of bars)
    print(`${isKept ? 'kept ' : 'WORSE'}  ${name}: ${is} (baseline ${was})`)
  const failed = bars.filter(({ isKept }) => !isKept).length
  print(`${bars.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

async function main(): Promise<number> {
  const choice = choiceOf(process.argv.slice(2))
  if (choice === 'help') {
    print(help)
    return 0
  }
  const outcome = await grade(choice)
  const { run } = outcome
  print(`\n${reportText(run)}\n\nWritten to ${writeDetails(outcome)}.\n`)
  if (choice.isUpdate) writeBaseline(run)
  const baseline = readBaseline()
  if (baseline === undefined)
    throw new Error('There is no evals/baseline.json yet: npm run eval -- --update-baseline')
  return verdict(heldAgainst(run, baseline))
}

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  return 1
})
