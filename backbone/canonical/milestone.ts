import { z } from 'zod'
import { DocumentHeader, IsoMoment } from './document.ts'

/**
 * Something that happened to an order outside: the warehouse confirmed or refused a cancel, the carrier
 * delivered, an installer was booked, a quote was accepted. Conditional holds wait for `condition`s.
 */
export const Milestone = DocumentHeader.omit({ currency: true }).extend({
  docType: z.literal('milestone'),
  milestoneNumber: z.string().min(1).max(80),
  orderNumber: z.string().max(60).optional(),
  purchaseOrderNumber: z.string().max(60).optional(),
  kind: z.enum([
    'condition-met',
    'picking-started',
    'pick-cancelled',
    'pick-cancel-refused',
    'delivered',
    'delayed',
  ]),
  /** For `condition-met`: which condition, for example `installer-booked`. */
  condition: z.string().max(60).optional(),
  happenedAt: IsoMoment,
  detail: z.string().max(500).optional(),
})
export type Milestone = z.infer<typeof Milestone>
