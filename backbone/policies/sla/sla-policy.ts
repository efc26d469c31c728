import { z } from 'zod'
import { type BusinessCalendar, businessTime } from '../../canonical/business-calendar.ts'
import type { IsoMoment } from '../../canonical/document.ts'
import { holdTypes } from '../../canonical/order-state.ts'
import { definePolicy } from '../policy-in-force.ts'
import { type SlaTimes, slaTimes } from './sla-times.ts'

const Promised = z.object({
  withinSeconds: z
    .int()
    .min(1)
    .max(366 * 86_400)
    .meta({
      description: 'Seconds from its start event (the order is received) to its stop event.',
    }),
  clock: z.enum(['always', 'business']).default('business').meta({
    description: 'Whether it runs round the clock or in the hours of policy "calendar".',
  }),
})

const LadderStep = z.object({
  role: z.string().min(1).max(60).meta({ description: 'Who is told: owner, lead, manager.' }),
  atShare: z.number().min(0.1).max(20).meta({
    description: 'At which share of the promised time; 1 is its end.',
  }),
})

const SlaSettings = z.object({
  promises: z
    .object({ acknowledge: Promised.optional(), release: Promised.optional() })
    .default({})
    .meta({
      description:
        'Promises in time by their target; one that is not set here runs round the clock as the tenant’s settings say.',
    }),
  warnShare: z.number().min(0.05).max(0.99).default(0.7).meta({
    description: 'Share of the promised time after which to warn.',
  }),
  keptShare: z.number().min(0).max(1).default(0.95).meta({
    description: 'Share of promises that should be kept: what the forecast is measured by.',
  }),
  pausingHolds: z
    .array(z.enum(holdTypes))
    .default(['CUSTOMER_REQUEST', 'CONDITIONAL', 'DATA_INCOMPLETE'])
    .meta({ description: 'Holds that wait for the customer: meanwhile the clock rests.' }),
  ladder: z
    .array(LadderStep)
    .max(10)
    .default([
      { role: 'owner', atShare: 0.7 },
      { role: 'lead', atShare: 1 },
      { role: 'manager', atShare: 1.5 },
    ])
    .meta({ description: 'Who is told when, from the warning on.' }),
})
export type SlaSettings = z.infer<typeof SlaSettings>

/** Promises in time: how long, on which calendar, what makes them rest, and who is told (domain rules 3.8). */
export const slaPolicy = definePolicy({
  name: 'sla',
  about: 'Promises in time: how long, on which calendar, when they rest, when and whom to tell.',
  schema: SlaSettings,
})

/** What is promised in time. */
export type SlaTarget = keyof SlaSettings['promises']

/** The times of a promise by its policy; nothing where the policy sets none and the tenant's plain seconds count. */
export function promisedTimes(
  target: SlaTarget,
  startedAt: IsoMoment,
  { settings, calendar }: { readonly settings: SlaSettings; calendar(): BusinessCalendar },
): SlaTimes | undefined {
  const promised = settings.promises[target]
  if (promised === undefined) return undefined
  return slaTimes({
    startedAt,
    withinSeconds: promised.withinSeconds,
    warnShare: settings.warnShare,
    ...(promised.clock === 'business' ? { calendar: calendar() } : {}),
  })
}

/** A moment moved by the time a promise rested: only the part in which its clock would have run. */
export function movedByPause(
  moment: IsoMoment,
  pause: { readonly startedAt: IsoMoment; readonly endedAt: IsoMoment },
  calendar: BusinessCalendar | undefined,
): IsoMoment {
  const { startedAt, endedAt } = pause
  if (calendar === undefined) {
    const restedMs = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))
    return new Date(Date.parse(moment) + restedMs).toISOString()
  }
  const time = businessTime(calendar)
  const restedMs = Math.max(0, time.businessMsBetween(startedAt, endedAt))
  return restedMs === 0 ? moment : time.addBusinessTime(moment, restedMs)
}

/** The moment at which a share of a promise's time is used up; beyond its end it goes on round the clock. */
export function momentOfShare(
  share: number,
  promise: { readonly startedAt: IsoMoment; readonly breachAt: IsoMoment },
): IsoMoment {
  const startMs = Date.parse(promise.startedAt)
  return new Date(startMs + (Date.parse(promise.breachAt) - startMs) * share).toISOString()
}
