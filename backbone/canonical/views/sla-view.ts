import { z } from 'zod'
import { IsoMoment } from '../document.ts'

const PromiseForecast = z.object({
  subject: z.string(),
  orderId: z.string().nullable(),
  position: z.int().meta({ description: '1 for the one whose turn is next.' }),
  startedAt: IsoMoment,
  breachAt: IsoMoment,
  expectedAt: IsoMoment.nullable().meta({ description: 'Null when nothing moves at all.' }),
  isExpectedLate: z.boolean(),
})

/** Which promises in time will be broken, at the pace of the last hour. */
export const SlaForecastView = z
  .object({
    at: IsoMoment,
    targets: z.array(
      z.object({
        target: z.string(),
        running: z.int(),
        servedPerHour: z.number(),
        expectedLate: z.int(),
        expectedKeptShare: z.number().nullable(),
        wantedShare: z.number().meta({ description: 'Share that the policy wants kept.' }),
        isBelowTarget: z.boolean(),
        late: z.array(PromiseForecast).meta({ description: 'Those expected late, at most 100.' }),
      }),
    ),
  })
  .meta({ id: 'SlaForecast' })
export type SlaForecastView = z.infer<typeof SlaForecastView>

/** How promises in time are kept, partner by partner, the worst first. */
export const PartnerSlaView = z
  .object({
    at: IsoMoment,
    since: IsoMoment,
    wantedShare: z.number(),
    partners: z.array(
      z.object({
        partnerId: z.string().nullable(),
        partnerName: z.string().nullable(),
        target: z.string(),
        kept: z.int(),
        broken: z.int().meta({ description: 'Those that are late and still run among them.' }),
        running: z.int(),
        runningLate: z.int(),
        expectedLate: z.int().meta({ description: 'Of those running, at the pace of now.' }),
        nextBreachAt: IsoMoment.nullable(),
        keptShare: z.number().nullable(),
        isBelowTarget: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'PartnerSla' })
export type PartnerSlaView = z.infer<typeof PartnerSlaView>
