import { z } from 'zod'
import { blockableSteps, holdTypes } from '../../backbone/canonical/order-state.ts'
import type { HoldView } from '../../backbone/canonical/views/order-view.ts'
import { given } from './given.ts'
import { ownText, plainText } from './outside-text.ts'

/** A stop on an order or line. */
export const WireHold = z.object({
  hold_id: z.string(),
  type: z.enum(holdTypes),
  line: z.string().optional(),
  blocks: z.array(z.enum(blockableSteps)),
  reason: z.string(),
  waits_for: z.array(z.string()).optional().describe('Conditions that are not met yet.'),
  is_in_force: z.boolean(),
  placed_at: z.string(),
  placed_by: z.string(),
  expires_at: z.string().optional(),
  released_at: z.string().optional(),
  released_by: z.string().optional(),
  release_reason: z.string().optional(),
})

/** A hold as it goes over the wire. */
export function holdOf(hold: HoldView): z.input<typeof WireHold> {
  const open = Object.entries(hold.conditions).flatMap(([name, met]) => (met === null ? name : []))
  return given({
    hold_id: hold.holdId,
    type: hold.type,
    line: hold.line,
    blocks: hold.blocks,
    reason: ownText(hold.reason, 300),
    waits_for: open.length === 0 ? null : open,
    is_in_force: hold.releasedAt === null,
    placed_at: hold.placedAt,
    placed_by: hold.placedBy,
    expires_at: hold.expiresAt,
    released_at: hold.releasedAt,
    released_by: hold.releasedBy,
    release_reason: hold.releaseReason === null ? null : plainText(hold.releaseReason, 200),
  })
}
