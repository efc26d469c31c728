import type { LoadResult } from '../load/load-plan.ts'
import { median, ratioOf } from '../load/statistics.ts'
import type { BenchHouse } from '../measurement.ts'
import { loadTarget, type Target, type TargetName } from './targets.ts'

/** One measured load: which target, under what, in which repeat. */
export type Cell = {
  readonly target: TargetName
  /** How many clients in a closed loop, or `half load` for the fixed rate. */
  readonly setting: number | 'half load'
  readonly repeat: number
  readonly result: LoadResult
}

/** A target and what it is held against, under the same setting. */
export type Pair = {
  readonly target: TargetName
  readonly reference: TargetName
  readonly setting: Cell['setting']
}

/** How much is measured. */
export type GridSize = {
  readonly clients: readonly number[]
  readonly repeats: number
  /** About how long one load lasts. */
  readonly seconds: number
}

/** The median of a figure over the repeats of a target under a setting; NaN when it was not measured. */
export function medianOf(
  cells: readonly Cell[],
  target: TargetName,
  setting: Cell['setting'],
  figure: (result: LoadResult) => number,
): number {
  const matching = cells.filter((cell) => cell.target === target && cell.setting === setting)
  return Math.round(median(matching.map(({ result }) => figure(result))) * 100) / 100
}

/**
 * How a target stands to a reference under a setting: the median of the ratios of each repeat, so that a
 * neighbour who was busy for one repeat and not for the next does not move it. NaN when not measured.
 */
export function pairedRatio(
  cells: readonly Cell[],
  { target, reference, setting }: Pair,
  figure: (result: LoadResult) => number,
): number {
  const figuresOf = (name: TargetName) =>
    new Map(
      cells
        .filter((cell) => cell.target === name && cell.setting === setting)
        .map(({ repeat, result }) => [repeat, figure(result)]),
    )
  const beside = figuresOf(reference)
  const ratios = [...figuresOf(target)]
    .map(([repeat, value]) => ratioOf(value, beside.get(repeat) ?? Number.NaN))
    .filter((ratio) => !Number.isNaN(ratio))
  return Math.round(median(ratios) * 1000) / 1000
}

/** The targets in another order every time, so that none always runs after the same neighbour. */
export function rotated<T>(values: readonly T[], by: number): T[] {
  const start = values.length === 0 ? 0 : by % values.length
  return [...values.slice(start), ...values.slice(0, start)]
}

// One client cannot keep a target busy: a third of the orders fill about the same time.
function orderCount(perSecond: number, clients: number, seconds: number): number {
  const share = clients === 1 ? 0.35 : 1
  return Math.max(clients * 4, Math.round(perSecond * seconds * share))
}

/** How many orders a second each target manages, roughly: it sizes the loads so that all last about as long. */
async function roughRates(
  house: BenchHouse,
  targets: readonly Target[],
): Promise<Map<TargetName, number>> {
  const rates = new Map<TargetName, number>()
  for (const target of targets) {
    const { endToEndPerSecond } = await loadTarget(house, target, {
      pace: { loop: 'closed', clients: 16 },
      orders: 200,
      warmUpOrders: 100,
    })
    rates.set(target.name, Math.max(20, endToEndPerSecond))
  }
  return rates
}

function told(house: BenchHouse, cell: Cell): Cell {
  const { acceptPerSecond, endToEndPerSecond, acceptMs, lost, doubled } = cell.result
  const trouble = lost + doubled === 0 ? '' : `; LOST ${lost}, DOUBLED ${doubled}`
  house.say(
    `  ${cell.target}, ${cell.setting}${cell.setting === 'half load' ? '' : ' clients'}: accepted ${acceptPerSecond}/s, end to end ${endToEndPerSecond}/s, accept p99 ${acceptMs.p99} ms${trouble}`,
  )
  return cell
}

/** Closed loops: every repeat runs every target once at each number of clients, in rotating order. */
export async function measureClosedLoops(
  house: BenchHouse,
  targets: readonly Target[],
  { clients, repeats, seconds }: GridSize,
): Promise<Cell[]> {
  const rates = await roughRates(house, targets)
  const cells: Cell[] = []
  const rounds = Array.from({ length: repeats }, (_, index) => index + 1).flatMap((repeat) =>
    clients.map((setting) => ({ repeat, setting })),
  )
  for (const [place, { repeat, setting }] of rounds.entries()) {
    house.say(`repeat ${repeat} of ${repeats}, ${setting} clients`)
    for (const target of rotated(targets, place)) {
      const result = await loadTarget(house, target, {
        pace: { loop: 'closed', clients: setting },
        orders: orderCount(rates.get(target.name) ?? 20, setting, seconds),
        // A neighbour who takes the machine away must not make the run endless.
        sendingSeconds: seconds * 4,
        warmUpOrders: Math.min(32, setting * 2),
      })
      cells.push(told(house, { target: target.name, setting, repeat, result }))
    }
  }
  return cells
}

/** Half of the best rate end to end that a target reached with many clients. */
export function halfRate(cells: readonly Cell[], target: TargetName): number {
  const settings = new Set(cells.flatMap(({ setting }) => (setting === 1 ? [] : setting)))
  const rates = [...settings].map((setting) =>
    medianOf(cells, target, setting, (result) => result.endToEndPerSecond),
  )
  return Math.max(2, ...rates.filter((rate) => !Number.isNaN(rate))) / 2
}

/** Open loops at half of each target's own saturation rate: what an order waits when the house is not full. */
export async function measureHalfLoads(
  house: BenchHouse,
  targets: readonly Target[],
  { closed, repeats, seconds }: Omit<GridSize, 'clients'> & { readonly closed: readonly Cell[] },
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    house.say(`half load, repeat ${repeat} of ${repeats}`)
    for (const target of rotated(targets, repeat)) {
      const ordersPerSecond = halfRate(closed, target.name)
      const result = await loadTarget(house, target, {
        pace: { loop: 'open', ordersPerSecond },
        orders: Math.max(50, Math.round(ordersPerSecond * seconds)),
        warmUpOrders: 32,
      })
      cells.push(told(house, { target: target.name, setting: 'half load', repeat, result }))
    }
  }
  return cells
}
