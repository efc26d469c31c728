import { newId } from '../backbone/canonical/ids.ts'
import type { Act, ActOutcome, ActPicture } from '../backbone/services/acts/act.ts'
import type { Trade } from './flow-trade.ts'
import type { FlowWorld } from './flow-world.ts'

/** What an act would do now, or why it cannot be done. */
export function seenBy<Payload>(trade: Trade, act: Act<Payload>, payload: Payload) {
  return trade.inTenant((tx) => act.picture(tx, payload))
}

/** What an act would do now; throws the reason where it cannot be done. */
export async function pictureOf<Payload>(
  trade: Trade,
  act: Act<Payload>,
  payload: Payload,
): Promise<ActPicture> {
  const seen = await seenBy(trade, act, payload)
  if ('gone' in seen) throw new Error(seen.gone)
  return seen
}

/** Does an act as the executor does, approved by Ines, and lets everything follow from it. */
export async function doAct<Payload>(
  { queue, settle }: Pick<FlowWorld, 'queue' | 'settle'>,
  trade: Trade,
  act: Act<Payload>,
  payload: Payload,
  { effectKey = newId('prp'), approver = 'person:Ines' } = {},
): Promise<ActOutcome> {
  const execution = {
    proposalId: 'prp_1',
    actor: 'proposal:prp_1 (Ines)',
    behind: [approver],
    reason: 'Agreed with the customer by phone.',
    effectKey,
    queue,
  }
  const outcome = await trade.inTenant((tx) => act.execute(tx, payload, execution))
  await settle()
  return outcome
}
