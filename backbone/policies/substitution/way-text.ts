import type { SubstituteFacts, SwapRequest } from './substitute.ts'
import type { WayOut } from './ways-out.ts'

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`)

function lateness({ daysLate }: WayOut): string {
  if (daysLate === null) return 'nobody knows when the rest comes'
  return daysLate === 0 ? 'in time' : `${days(daysLate)} late`
}

const shipments = ({ extraShipments }: WayOut) =>
  extraShipments === 0 ? '' : `, ${extraShipments} more shipment${extraShipments === 1 ? '' : 's'}`

const onDay = ({ completeOn }: WayOut) => (completeOn === undefined ? '' : `, on ${completeOn}`)

const barredNames = {
  split: 'Delivering in parts',
  substitute: 'Delivering something else',
  mixed: 'Delivering what is there and a substitute for the rest',
  backorder: 'Waiting',
} as const

/** A way out as people read it. */
export function wayText(
  way: WayOut,
  { product, neededEach }: Pick<SwapRequest, 'product' | 'neededEach'>,
  first: { readonly facts: SubstituteFacts } | undefined,
): string {
  const all = `${neededEach} of ${product.sku}`
  if (way.barred !== undefined)
    return `${barredNames[way.kind]} instead of ${all} cannot be done: ${way.barred}.`
  const instead = first?.facts.product.sku ?? 'a substitute'
  const how = `${lateness(way)}${shipments(way)}`
  switch (way.kind) {
    case 'split':
      return `Deliver ${all} in parts, ${how}.`
    case 'substitute':
      return `Deliver ${instead} instead of ${all}, ${how}.`
    case 'mixed':
      return `Deliver what is there of ${all} and ${instead} for the rest, ${how}.`
    case 'backorder':
      return way.daysLate === null
        ? `Wait for ${all}: no known supply brings them.`
        : `Wait for ${all}, ${how}${onDay(way)}.`
  }
}
