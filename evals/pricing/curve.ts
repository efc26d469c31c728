import type { Api } from '../../bench/house/furnish.ts'
import { askAll } from './ask.ts'
import { compare, exact } from './exact.ts'
import { pricingSettings, setPricing } from './furnish.ts'
import type { GradedOrder } from './generate.ts'
import { type Going, type Graded, goingOf } from './score.ts'
import type { World } from './world.ts'

/** What goes on by itself at one tolerance. */
export type CurvePoint = { readonly percent: string; readonly going: Going }

/** The tolerances of the curve, in percent of the price; amounts stay as they are. */
const percents = ['0', '0.1', '0.25', '0.5', '1', '2', '5'] as const

/**
 * Asks again at other tolerances. Only orders with a price that is a little off can fare otherwise; of the
 * others the answer is known.
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
  const touched = orders.filter(({ isNearPrice }) => isNearPrice)
  const ids = new Set(touched.map(({ id }) => id))
  const rest = atDefault.filter(({ id }) => !ids.has(id))
  const points: CurvePoint[] = []
  for (const percent of percents) {
    if (compare(exact(percent), exact(world.tolerance.percent)) === 0) {
      points.push({ percent, going: goingOf(atDefault) })
      continue
    }
    await setPricing(api, { settings: pricingSettings(world, percent) })
    const again = await askAll(api, touched)
    points.push({ percent, going: goingOf([...again, ...rest]) })
  }
  await setPricing(api, { settings: pricingSettings(world, world.tolerance.percent) })
  return points
}
