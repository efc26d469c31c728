import { readConfig } from '../../backbone/config.ts'
import { openStore } from '../../cli/open-store.ts'
import { quittance } from '../../testing/built-product.ts'
import { type Reading, readFacts } from './facts.ts'
import { type Load, openLoad } from './load.ts'
import { behave, makeFaults } from './make-faults.ts'
import type { DatabaseKind, FaultOptions } from './options.ts'
import { orderBook } from './orders.ts'
import { blockSeed, faultsOn, planRound } from './plan.ts'
import { newOffenders, prove } from './proof.ts'
import {
  type DatabaseResult,
  failureLines,
  isFailed,
  type ProofResult,
  proofLine,
  type RoundResult,
  roundLine,
} from './report.ts'
import { callsInDoubt, comeToRest } from './rest.ts'
import { openWorld, type World } from './world.ts'

type Run = {
  readonly world: World
  readonly options: FaultOptions
  readonly say: (line: string) => void
  /** Everybody who ever sent, one load a block; promises add up. */
  readonly loads: Load[]
  /** Offenders that were named before: a later proof names only what is new. */
  readonly named: Set<string>
}

type Block = { readonly seed: number; readonly firstRound: number; readonly rounds: number }

function union<T>(sets: readonly ReadonlySet<T>[]): Set<T> {
  return new Set(sets.flatMap((set) => [...set]))
}

async function effectCounts({ sandbox }: World) {
  const { counts } = await sandbox.levers.count()
  const all = Object.entries(counts)
  return {
    effects: all.reduce((sum, [, { effects }]) => sum + effects, 0),
    // A listener to webhooks has no look-up and drops what carries an event id it has seen.
    doubled: all
      .filter(([system]) => system !== 'webhooks')
      .reduce((sum, [, { effects, distinct }]) => sum + effects - distinct, 0),
  }
}

const ownEndsOf = ({ server, worker }: World) => server.ownEnds + (worker?.ownEnds ?? 0)

const readyWithinMs = 40_000

/** A process that neither answers nor ends is what a person would kill; that is counted. */
async function unfreeze({ world, say }: Run): Promise<number> {
  for (let killed = 0; ; killed += 1) {
    if (await world.isReady(readyWithinMs)) return killed
    if (killed === 3) throw new Error('The product does not become ready any more; see its log.')
    say('  the product does not become ready; it is killed and started again')
    await world.server.kill(0)
  }
}

async function runRound(run: Run, load: Load, block: Block, index: number): Promise<RoundResult> {
  const { world, options } = run
  const seconds = options.secondsPerRound
  const kinds = faultsOn[world.kind]
  const plan = planRound({ seed: block.seed, round: index, seconds, kinds })
  const acceptedBefore = load.promised.purchaseOrders.size
  const before = await effectCounts(world)
  const endsBefore = ownEndsOf(world)
  const { made, notRun } = await makeFaults(world, plan, seconds * 1_000)
  const frozen = await unfreeze(run)
  const after = await effectCounts(world)
  return {
    round: block.firstRound + index,
    plan,
    made,
    notRun,
    accepted: load.promised.purchaseOrders.size - acceptedBefore,
    effects: after.effects - before.effects,
    doubledSoFar: after.doubled,
    inDoubtNow: await callsInDoubt(world),
    ownEnds: ownEndsOf(world) - endsBefore,
    frozen,
  }
}

async function stopProduct({ server, worker }: World): Promise<boolean> {
  const stops = await Promise.all([server.stop(30_000), worker?.stop(30_000) ?? true])
  return stops.every((isInPeace) => isInPeace)
}

async function readAtRest({ settings, sandbox }: World): Promise<Reading> {
  const store = await openStore(readConfig(settings))
  try {
    return await readFacts(store.database, sandbox.levers)
  } finally {
    await store.close()
  }
}

/** Everything sent is answered, everything moving comes to rest, everything is counted. */
async function proveBlock(run: Run, block: Block): Promise<ProofResult> {
  const { world, options, loads, named } = run
  const restedFrom = performance.now()
  await behave(world)
  const load = loads.at(-1)
  const isAnswered = (await load?.pause(options.restWithinMs)) ?? true
  const moving = await comeToRest(world, options.restWithinMs)
  const restSeconds = Math.round((performance.now() - restedFrom) / 1_000)
  const isStopped = await stopProduct(world)
  const reading = await readAtRest(world)
  const verified = await quittance(['verify'], world.settings)
  const sent = union(loads.map((each) => each.sent))
  const promised = {
    purchaseOrders: union(loads.map((each) => each.promised.purchaseOrders)),
    receipts: union(loads.map((each) => each.promised.receipts)),
  }
  const proof = newOffenders(prove(reading.facts, { promised, sent }), named)
  for (const names of Object.values(proof)) for (const name of names) named.add(name)
  return {
    afterRound: block.firstRound + block.rounds - 1,
    blockSeed: block.seed,
    rounds: block.rounds,
    orders: promised.purchaseOrders.size,
    receipts: promised.receipts.size,
    effects: reading.facts.effects.length,
    calls: reading.facts.doneCalls.length,
    proof,
    doubtful: reading.doubtful,
    repeatedWebhooks: reading.repeatedWebhooks,
    parked: reading.parked,
    refusals: load?.refusals ?? [],
    restless: [...(isAnswered ? [] : ['deliveries nobody answered']), ...moving],
    restSeconds,
    isStopped,
    isVerified: verified.code === 0,
    verifyWords: `${verified.out}${verified.err}`.trim().slice(-1_000),
  }
}

async function runBlock(run: Run, block: Block, firstNumber: number) {
  const { world, options, say, loads } = run
  world.server.start()
  world.worker?.start()
  await unfreeze(run)
  const load = openLoad({
    url: world.url,
    ordersPerSecond: options.ordersPerSecond,
    book: orderBook(block.seed, world),
    firstNumber,
    placeShopOrder: (text) => world.sandbox.levers.placeShopOrder(text),
  })
  loads.push(load)
  load.go()
  const rounds: RoundResult[] = []
  for (let index = 0; index < block.rounds; index += 1) {
    const result = await runRound(run, load, block, index)
    say(roundLine(result))
    rounds.push(result)
  }
  const proof = await proveBlock(run, block)
  say(proofLine(proof))
  if (isFailed(proof)) for (const line of failureLines(world.kind, proof, options)) say(line)
  return { rounds, proof }
}

function blocksOf({ rounds, restEvery, seed }: FaultOptions): Block[] {
  return Array.from({ length: Math.ceil(rounds / restEvery) }, (_, index) => ({
    seed: blockSeed(seed, index),
    firstRound: index * restEvery + 1,
    rounds: Math.min(restEvery, rounds - index * restEvery),
  }))
}

type Setting = {
  readonly folder: string
  readonly options: FaultOptions
  readonly say: (line: string) => void
  /** Told how to clear everything away when the run is broken off. */
  readonly onOpen: (close: () => Promise<void>) => void
}

/** Runs all rounds on one database in a folder and says a line for each. */
export async function runDatabase(
  kind: DatabaseKind,
  { folder, options, say, onOpen }: Setting,
): Promise<DatabaseResult> {
  const startedAt = performance.now()
  const world = await openWorld(kind, folder)
  onOpen(() => world.close())
  try {
    const run: Run = { world, options, say, loads: [], named: new Set() }
    const rounds: RoundResult[] = []
    const proofs: ProofResult[] = []
    for (const block of blocksOf(options)) {
      const firstNumber = run.loads.reduce((sum, load) => sum + load.sent.size, 1)
      const done = await runBlock(run, block, firstNumber)
      rounds.push(...done.rounds)
      proofs.push(done.proof)
    }
    const count = (of: (load: Load) => number) => run.loads.reduce((sum, load) => sum + of(load), 0)
    return {
      database: kind,
      seed: options.seed,
      rounds,
      proofs,
      sent: count((load) => load.sent.size),
      deliveries: count((load) => load.counts.deliveries),
      resent: count((load) => load.counts.resent),
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    }
  } finally {
    await world.close()
  }
}
