import type { Api } from '../../bench/house/furnish.ts'
import { askAll } from './ask.ts'
import { pricingSettings, setPricing } from './furnish.ts'
import type { GradedOrder } from './generate.ts'
import { type Going, type Graded, goingOf } from './score.ts'
import type { World } from './world.ts'

/** What goes on by itself at one tolerance. */
export type CurvePoint = { readonly percent: string; readonly going: Going }

/** The tolerances of the curve, in percent of the price; amounts stay as they are. */
const percents = ['0', '0.1', '0.25', '0.5', '1', '2', '5'] as const

// What is reckoned roughly is asked again rather than not.
const room = 0.001

/** Whether a price lies between two tolerances: inside one of them and outside the other. */
function isBetween({ offPercents }: GradedOrder, one: number, other: number): boolean {
  const [low, high] = [Math.min(one, other) - room, Math.max(one, other) + room]
  return offPercents.some((percent) => low <= percent && percent <= high)
}

/**
 * Asks again at other tolerances. Only an order with a price between the tolerance and the house's own can fare
 * otherwise than it did; of the others the answer is known.
 */
export async function toleranceCurve(
  api: Api,
  {
    world,
    orders,
    atDefault,
  }: {
    readonly world: World
    readonly orders: readonly GradedOrder[]
    readonly atDefault: readonly Graded[]
  },
): Promise<CurvePoint[]> {
  const ownPercent = Number(world.tolerance.percent)
  const points: CurvePoint[] = []
  for (const percent of percents) {
    if (Number(percent) === ownPercent) {
      points.push({ percent, going: goingOf(atDefault) })
      continue
    }
    const touched = orders.filter((order) => isBetween(order, Number(percent), ownPercent))
    const ids = new Set(touched.map(({ id }) => id))
    await setPricing(api, { settings: pricingSettings(world, percent) })
    const again = await askAll(api, touched)
    const rest = atDefault.filter(({ id }) => !ids.has(id))
    points.push({ percent, going: goingOf([...again, ...rest]) })
  }
  await setPricing(api, { settings: pricingSettings(world, world.tolerance.percent) })
  return points
}
