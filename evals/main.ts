import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../backbone/config.ts'
import { packageRoot } from '../backbone/store/package-root.ts'
import { apiOf } from '../bench/house/furnish.ts'
import { keeping } from '../bench/house/keep.ts'
import { newHome, openTenant, startQuittance } from '../bench/house/quittance.ts'
import { agentsAgainst, readAgentsBaseline, writeAgentsBaseline } from './agents/baseline.ts'
import { type OrderHouse, orderValidationSuite } from './agents/order-validation-suite.ts'
import { type AgentsRun, summaryOf, writeReport } from './agents/report.ts'
import type { SuiteResult } from './agents/results.ts'
import { liveModel, runSuites } from './agents/run-suites.ts'
import { askAll } from './pricing/ask.ts'
import { type Bar, heldAgainst, readBaseline, writeBaseline } from './pricing/baseline.ts'
import { buildWorld } from './pricing/build-world.ts'
import { toleranceCurve } from './pricing/curve.ts'
import { furnishWorld, pricingSettings, receiveOrders, setPricing } from './pricing/furnish.ts'
import { generateOrders } from './pricing/generate.ts'
import { type Run, reportText } from './pricing/report.ts'
import { type Graded, isToldRight, score } from './pricing/score.ts'

const help = `npm run eval -- [OPTION]…

Two suites. "pricing" grades the check of orders (POST /v1/orders/check) of the built product on generated orders with
known faults: the 24 kinds of pricing errors, alone and two at a time, prices that two kinds explain, and clean orders,
odd ones among them; evals/results/pricing.json has every order's truth and answer. "agents" grades the five agents on
the cases of evals/cases: what they find, propose and say, what they must not tell, and what texts of somebody outside
and a model that lies make them do; evals/report has it as JSON, Markdown and HTML. Fails when a figure is worse than
in evals/baseline.json or evals/baseline-agents.json.

  --suite NAME       pricing or agents; both unless said
  --orders N         how many orders the pricing suite checks (2000)
  --seed N           other orders and another distributor (1)
  --trials K         how often each case of the agents runs (2)
  --live             the agents' cases with the language model of OPENAI_API_KEY; shown, not held to the baseline
  --update-baseline  writes this run's figures as the new baselines
  --help             this text
`

const say = (line: string) =>
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}\n`)
const print = (text: string) => process.stdout.write(`${text}\n`)

const suiteNames = ['pricing', 'agents'] as const
type SuiteName = (typeof suiteNames)[number]

type Choice = {
  readonly suites: readonly SuiteName[]
  readonly seed: number
  readonly orders: number
  readonly trials: number
  readonly isLive: boolean
  readonly isUpdate: boolean
}

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
      suite: { type: 'string' },
      trials: { type: 'string', default: '2' },
      live: { type: 'boolean', default: false },
      'update-baseline': { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const orders = wholeNumber('orders', values.orders)
  if (orders < 1) throw new Error('--orders takes at least one order.')
  const trials = wholeNumber('trials', values.trials)
  if (trials < 1) throw new Error('--trials takes at least one trial.')
  const suites = suiteNames.filter((name) => values.suite === undefined || name === values.suite)
  if (suites.length === 0) throw new Error(`--suite takes ${suiteNames.join(' or ')}.`)
  const { live: isLive, 'update-baseline': isUpdate } = values
  return { suites, orders, trials, seed: wholeNumber('seed', values.seed), isLive, isUpdate }
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

/** Opens a running product with a generated distributor in it. */
async function inPricingHouse<Made>(
  seed: number,
  work: (house: Pick<OrderHouse, 'api' | 'url' | 'world'>) => Promise<Made>,
): Promise<Made> {
  const world = buildWorld({ seed, day: new Date().toISOString().slice(0, 10) })
  return keeping(async (keep) => {
    const home = keep(await newHome({}))
    const token = await openTenant(home)
    const quittance = keep(await startQuittance(home))
    const url = quittance.urls[0] ?? ''
    const api = apiOf(url, token)
    say(`A distributor with ${world.products.length} products, ${world.customers.length} customers`)
    await furnishWorld(api, world)
    await setPricing(api, { settings: pricingSettings(world, world.tolerance.percent) })
    return work({ api, url, world })
  })
}

function gradePricing({ seed, orders: count }: Choice): Promise<Outcome> {
  const startedAt = performance.now()
  return inPricingHouse(seed, async ({ api, url, world }) => {
    const orders = generateOrders(world, { seed, orders: count })
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
    const run = { seed, orders: count, day: world.day, score: score(graded), curve, seconds }
    return { run, graded, wrong }
  })
}

async function gradeAgents({ trials, isLive }: Choice): Promise<AgentsRun> {
  const startedAt = performance.now()
  const settings = isLive ? readConfig(process.env).agents.model : undefined
  if (isLive && settings === undefined) throw new Error('--live needs a key: OPENAI_API_KEY.')
  const model = settings === undefined ? undefined : liveModel(settings)
  say('Cases of order-validation')
  // The cases of order validation are orders of the distributor of seed 1.
  const orders: SuiteResult = await inPricingHouse(1, (house) =>
    orderValidationSuite({ ...house, trials, model }),
  )
  const others = await runSuites({ trials, model, say })
  return {
    day: new Date().toISOString().slice(0, 10),
    mode: settings === undefined ? 'rules mode' : `worded by ${settings.model}`,
    trials,
    seconds: (performance.now() - startedAt) / 1000,
    suites: [orders, ...others],
  }
}

function verdict(bars: readonly Bar[]): number {
  for (const { name, was, is, isKept } of bars)
    print(`${isKept ? 'kept ' : 'WORSE'}  ${name}: ${is} (baseline ${was})`)
  const failed = bars.filter(({ isKept }) => !isKept).length
  print(`${bars.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

async function pricingBars(choice: Choice): Promise<Bar[]> {
  const outcome = await gradePricing(choice)
  const { run } = outcome
  print(`\n${reportText(run)}\n\nWritten to ${writeDetails(outcome)}.\n`)
  if (choice.isUpdate) writeBaseline(run)
  const baseline = readBaseline()
  if (baseline === undefined)
    throw new Error('There is no evals/baseline.json yet: npm run eval -- --update-baseline')
  return heldAgainst(run, baseline)
}

async function agentsBars(choice: Choice): Promise<Bar[]> {
  const run = await gradeAgents(choice)
  print(`\n${summaryOf(run)}\n\nWritten to ${writeReport(run)}.\n`)
  // What a model says is another thing each time.
  if (choice.isLive) return []
  if (choice.isUpdate) writeAgentsBaseline(run.suites)
  const baseline = readAgentsBaseline()
  if (baseline === undefined)
    throw new Error('There is no evals/baseline-agents.json yet: npm run eval -- --update-baseline')
  return agentsAgainst(run.suites, baseline)
}

const barsOf = { pricing: pricingBars, agents: agentsBars } as const

async function main(): Promise<number> {
  const choice = choiceOf(process.argv.slice(2))
  if (choice === 'help') {
    print(help)
    return 0
  }
  // Beside each other: the pricing suite waits for the product most of the time.
  const bars = await Promise.all(choice.suites.map((suite) => barsOf[suite](choice)))
  return verdict(bars.flat())
}

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  return 1
})
