import { setTimeout as wait } from 'node:timers/promises'
import { monotonicMs, type SinkArrivals } from '../house/erp-sink.ts'
import { type ShopDelivery, shopDelivery } from '../house/orders.ts'
import { type SinkClient, sinkClient } from '../house/sink.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'
import { machineUse, treeUse } from './process-tree.ts'
import { openShop, type Shop } from './shop.ts'
import { latencyOf } from './statistics.ts'

/** One order as the shop saw it: when it was to be sent, when it was answered, and how. */
type Sent = {
  readonly purchaseOrder: string
  readonly dueAtMs: number
  readonly answeredAtMs: number
  readonly answer: string
}

type Orders = { readonly count: number; at(index: number): ShopDelivery }

// Made beforehand, so that making them does not take CPU from what is measured; too many would not fit.
const preparedAtMost = 20_000

function ordersOf({ seed, run, orders }: Pick<LoadPlan, 'seed' | 'run' | 'orders'>): Orders {
  const make = (index: number) => shopDelivery({ seed, run, index })
  const prepared = Array.from({ length: Math.min(orders, preparedAtMost) }, (_, index) =>
    make(index),
  )
  return { count: orders, at: (index) => prepared[index] ?? make(index) }
}

async function sendOne(shop: Shop, delivery: ShopDelivery, dueAtMs: number): Promise<Sent> {
  const answer = await shop.post(delivery)
  const { purchaseOrder } = delivery
  return { purchaseOrder, dueAtMs, answeredAtMs: monotonicMs(), answer }
}

async function sendClosed(
  shop: Shop,
  orders: Orders,
  { clients, untilMs }: { clients: number; untilMs: number },
): Promise<Sent[]> {
  const sent: Sent[] = []
  let next = 0
  const client = async () => {
    while (next < orders.count && monotonicMs() < untilMs) {
      const delivery = orders.at(next)
      next += 1
      sent.push(await sendOne(shop, delivery, monotonicMs()))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return sent
}

async function sendOpen(
  shop: Shop,
  orders: Orders,
  { ordersPerSecond, untilMs }: { ordersPerSecond: number; untilMs: number },
): Promise<Sent[]> {
  const startedAtMs = monotonicMs()
  const dueAt = (index: number) => startedAtMs + (index * 1000) / ordersPerSecond
  const sending: Promise<Sent>[] = []
  for (let index = 0; index < orders.count && dueAt(index) < untilMs; index += 1) {
    const earlyMs = dueAt(index) - monotonicMs()
    if (earlyMs > 0) await wait(Math.max(1, earlyMs))
    sending.push(sendOne(shop, orders.at(index), dueAt(index)))
  }
  return Promise.all(sending)
}

function send(plan: LoadPlan, shop: Shop, orders: Orders): Promise<Sent[]> {
  const untilMs = monotonicMs() + plan.sendingSeconds * 1000
  return plan.pace.loop === 'closed'
    ? sendClosed(shop, orders, { ...plan.pace, untilMs })
    : sendOpen(shop, orders, { ...plan.pace, untilMs })
}

const isTaken = ({ answer }: Sent) => answer.startsWith('2')

async function arrived(
  sink: SinkClient,
  run: string,
  { count, waitSeconds }: { count: number; waitSeconds: number },
): Promise<void> {
  const untilMs = monotonicMs() + waitSeconds * 1000
  while (monotonicMs() < untilMs && (await sink.stats(run)).unique < count) await wait(50)
}

async function warmUp(plan: LoadPlan, shop: Shop, sink: SinkClient): Promise<void> {
  if (plan.warmUpOrders === 0) return
  const run = `${plan.run}w`
  const orders = ordersOf({ seed: plan.seed, run, orders: plan.warmUpOrders })
  const clients = plan.pace.loop === 'closed' ? plan.pace.clients : 16
  const sent = await sendClosed(shop, orders, { clients, untilMs: monotonicMs() + 60_000 })
  await arrived(sink, run, { count: sent.filter(isTaken).length, waitSeconds: 60 })
  await wait(200)
}

function refusals(sent: readonly Sent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { answer } of sent.filter((one) => !isTaken(one)))
    counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

/** What the shop's book and the ERP's book say together. */
function countOrders(sent: readonly Sent[], arrivals: SinkArrivals) {
  const taken = sent.filter(isTaken)
  const atErp = new Map(arrivals.map(([purchaseOrder, , firstAtMs]) => [purchaseOrder, firstAtMs]))
  const ways = taken.flatMap(({ purchaseOrder, dueAtMs }) => {
    const arrivedAtMs = atErp.get(purchaseOrder)
    return arrivedAtMs === undefined ? [] : { dueAtMs, arrivedAtMs }
  })
  const startedAtMs = sent.reduce((first, one) => Math.min(first, one.dueAtMs), Infinity)
  const lastAnswerMs = sent.reduce((last, one) => Math.max(last, one.answeredAtMs), 0)
  const lastArrivalMs = ways.reduce((last, one) => Math.max(last, one.arrivedAtMs), 0)
  const perSecond = (count: number, untilMs: number) =>
    count === 0 ? 0 : Math.round((count / (untilMs - startedAtMs)) * 10_000) / 10
  return {
    sent: sent.length,
    accepted: taken.length,
    refused: refusals(sent),
    acceptPerSecond: perSecond(taken.length, lastAnswerMs),
    endToEndPerSecond: perSecond(ways.length, lastArrivalMs),
    acceptMs: latencyOf(taken.map((one) => one.answeredAtMs - one.dueAtMs)),
    endToEndMs: latencyOf(ways.map((one) => one.arrivedAtMs - one.dueAtMs)),
    lost: taken.length - ways.length,
    doubled: arrivals.reduce((sum, [, times]) => sum + times - 1, 0),
    seconds: Math.round((Math.max(lastAnswerMs, lastArrivalMs) - startedAtMs) / 100) / 10,
  }
}

type Meter = {
  read(
    accepted: number,
  ): Pick<
    LoadResult,
    | 'cpuMsPerOrder'
    | 'databaseCpuMsPerOrder'
    | 'peakRssMb'
    | 'generatorCpuSeconds'
    | 'machineBusyPercent'
    | 'neighboursPercent'
  >
  stop(): void
}

function startMeter(plan: LoadPlan): Meter {
  const database = plan.postmasterPid === undefined ? [] : [plan.postmasterPid]
  // The bench started this process, the sink and every target, so all of them are its family.
  const bench = () => treeUse([process.ppid]).cpuSeconds + treeUse(database).cpuSeconds
  const before = {
    target: treeUse(plan.pids),
    database: treeUse(database),
    bench: bench(),
    machine: machineUse(),
  }
  const ownBefore = process.cpuUsage()
  let peakBytes = before.target.residentBytes
  const look = () => {
    peakBytes = Math.max(peakBytes, treeUse(plan.pids).residentBytes)
  }
  const timer = setInterval(look, 250)
  return {
    read(accepted) {
      const msPerOrder = (seconds: number) =>
        accepted === 0 ? 0 : Math.round((seconds / accepted) * 100_000) / 100
      look()
      const own = process.cpuUsage(ownBefore)
      const machine = machineUse()
      const busy = machine.busySeconds - before.machine.busySeconds
      const total = machine.totalSeconds - before.machine.totalSeconds
      const percent = (seconds: number) =>
        total > 0 ? Math.max(0, Math.round((seconds / total) * 100)) : 0
      return {
        cpuMsPerOrder: msPerOrder(treeUse(plan.pids).cpuSeconds - before.target.cpuSeconds),
        databaseCpuMsPerOrder: msPerOrder(
          treeUse(database).cpuSeconds - before.database.cpuSeconds,
        ),
        peakRssMb: Math.round(peakBytes / 1_048_576),
        generatorCpuSeconds: Math.round((own.user + own.system) / 10_000) / 100,
        machineBusyPercent: percent(busy),
        neighboursPercent: percent(busy - (bench() - before.bench)),
      }
    },
    stop: () => clearInterval(timer),
  }
}

/** Puts load on a target and counts what came of it, at the door and at the ERP. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const sink = sinkClient(plan.sinkUrl)
  const connections = plan.pace.loop === 'closed' ? plan.pace.clients : 256
  const shop = openShop(plan.urls, connections)
  try {
    await warmUp(plan, shop, sink)
    const orders = ordersOf(plan)
    const meter = startMeter(plan)
    try {
      const sent = await send(plan, shop, orders)
      const count = sent.filter(isTaken).length
      await arrived(sink, plan.run, { count, waitSeconds: plan.waitSeconds })
      const used = meter.read(count)
      return { run: plan.run, ...countOrders(sent, await sink.arrivals(plan.run)), ...used }
    } finally {
      meter.stop()
    }
  } finally {
    shop.close()
  }
}
