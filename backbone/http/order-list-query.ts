import { z } from 'zod'
import { IsoDate, IsoMoment } from '../canonical/document.ts'
import { Currency } from '../canonical/money.ts'
import { holdTypes, stages } from '../canonical/order-state.ts'
import { OrderSort } from '../canonical/views/order-list.ts'
import { TimeZone } from '../canonical/zone-clock.ts'
import type { OrderQuestion } from '../services/orders-read.ts'
import { YesNo } from './router.ts'

/** One or more of some words, with commas between them. */
function someOf<const Word extends string>(words: readonly Word[], description: string) {
  const isWord = (text: string): text is Word => words.some((word) => word === text)
  return z
    .string()
    .max(400)
    .refine((text) => text.split(',').every(isWord), `One or more of ${words.join(', ')}.`)
    .transform((text) => [...new Set(text.split(',').filter(isWord))])
    .meta({ description, example: words[0] ?? '' })
}

// Days further off cannot be reckoned with; who writes the end of time means no end.
const isKnownYear = (day: string): boolean => day >= '1000-01-01' && day <= '9998-12-31'
const knownYear = 'A year from 1000 to 9998; leave it out where there is no end.'

const isDay = (text: string): boolean =>
  /^today([+-]\d{1,3})?$/.test(text) || (IsoDate.safeParse(text).success && isKnownYear(text))

/** A moment in a year that can be reckoned with. */
const KnownMoment = IsoMoment.refine((moment) => isKnownYear(moment.slice(0, 10)), knownYear)

const day = (description: string) =>
  z
    .string()
    .max(12)
    .refine(isDay, 'A day such as 2026-11-22, today or today-7, in a year from 1000 to 9998.')
    .meta({ description, example: 'today-7' })

/** What a list of orders can be narrowed to and sorted by in its address; a saved view keeps the same. */
export const orderFilters = {
  q: z.string().trim().min(1).max(80).meta({
    description:
      'Any number the order goes by, or a part: order, purchase order, customer (also its name), SKU, invoice, shipment, tracking number or pick.',
  }),
  stage: someOf(stages, 'One stage or several, with commas between them.'),
  held: YesNo.meta({ description: 'Whether a hold on the release is in force.' }),
  hold: someOf(holdTypes, 'A hold of one of these types is in force.'),
  stock: z
    .literal('waiting')
    .meta({ description: 'Lines of it wait for goods that are not there.' }),
  customer: z.string().min(1).max(40),
  connection: z
    .string()
    .min(1)
    .max(60)
    .meta({ description: 'The id of the connection it came by.' }),
  receivedFrom: day('Received on this day or later, in `zone`.'),
  receivedUntil: day('Received on this day or earlier.'),
  wantedFrom: day('Wanted on this day or later.'),
  wantedUntil: day('Wanted on this day or earlier.'),
  late: z.literal('true').meta({ description: 'Wanted before today, and not all gone.' }),
  totalFrom: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).meta({
    description: 'At least this much, in minor units of its own currency; see `currency`.',
  }),
  currency: Currency,
  test: z
    .enum(['hide', 'show', 'only'])
    .meta({ description: 'Test orders; they are hidden unless asked for.' }),
  sort: OrderSort.meta({
    description:
      'The newest first (unless said), the oldest, the earliest wanted, the largest; amounts of different currencies are not converted.',
  }),
} as const

const Filters = z.object(orderFilters).omit({ sort: true }).partial()

/** What the address of a list of orders may say, besides its pages and its order. */
export const OrderListQuery = Filters.extend({
  match: z.enum(['part', 'whole']).optional().meta({
    description: '`whole`: `q` is a whole number, not a part of one.',
  }),
  since: KnownMoment.optional().meta({ description: 'Received at or after this moment.' }),
  until: KnownMoment.optional().meta({ description: 'Received before this moment.' }),
  zone: TimeZone.optional().meta({
    description: "The time zone days are in; the tenant's unless said.",
  }),
})

/** An address as the question it is. */
export function orderQuestion(said: z.output<typeof OrderListQuery>): OrderQuestion {
  const { since, until, receivedFrom, receivedUntil, wantedFrom, wantedUntil, zone } = said
  return {
    ...{ since, until, receivedFrom, receivedUntil, wantedFrom, wantedUntil, zone },
    ...{ stages: said.stage, holds: said.hold, isHeld: said.held, currency: said.currency },
    ...{ customerNumber: said.customer, connectionId: said.connection },
    ...{ isLate: said.late === 'true' ? true : undefined, totalFromMinor: said.totalFrom },
    ...{ waitsForStock: said.stock === 'waiting' ? true : undefined, tests: said.test ?? 'hide' },
    ...{ reference: said.q, isWholeReference: said.match === 'whole' },
  }
}
