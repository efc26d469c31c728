import type { BlockableStep, HoldState, HoldType } from '../canonical/order-state.ts'

/** What a type of hold stops, and how long it may stand before a person is told (domain rules 3.7). */
export type HoldRule = { readonly blocks: readonly BlockableStep[]; readonly timeoutMs?: number }

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The default rule of every type of hold. */
export const holdRules: Readonly<Record<HoldType, HoldRule>> = {
  CANCEL_WINDOW: { blocks: ['release', 'pick', 'ship', 'invoice'] },
  // Five business days of the rule, counted as a calendar week.
  CONDITIONAL: { blocks: ['release', 'pick', 'ship', 'invoice'], timeoutMs: 7 * dayMs },
  PRICE: { blocks: ['release', 'pick', 'ship', 'invoice'], timeoutMs: dayMs },
  DATA_INCOMPLETE: {
    blocks: ['confirm', 'release', 'allocate', 'pick', 'ship', 'invoice'],
    timeoutMs: dayMs,
  },
  DUPLICATE_SUSPECT: {
    blocks: ['confirm', 'release', 'allocate', 'pick', 'ship', 'invoice'],
    timeoutMs: dayMs,
  },
  SHIP_COMPLETE: { blocks: ['release', 'pick', 'ship'], timeoutMs: 5 * dayMs },
  CUSTOMER_REQUEST: { blocks: ['release', 'pick', 'ship'] },
  MANUAL: { blocks: ['release', 'pick', 'ship', 'invoice'] },
}

/** Why a hold in force may be lifted now, or undefined when it stands. */
export function liftReason(hold: HoldState, now: string): string | undefined {
  switch (hold.type) {
    case 'CANCEL_WINDOW':
      return hold.expiresAt !== undefined && hold.expiresAt <= now
        ? 'The cancel window is over.'
        : undefined
    case 'CUSTOMER_REQUEST':
      return hold.expiresAt !== undefined && hold.expiresAt <= now
        ? 'The requested day has come.'
        : undefined
    case 'CONDITIONAL': {
      const moments = Object.values(hold.conditions)
      const isMet = moments.length > 0 && moments.every((moment) => moment !== null)
      return isMet
        ? `All conditions are met: ${Object.keys(hold.conditions).join(', ')}.`
        : undefined
    }
    default:
      return undefined
  }
}

/** Whether a hold has stood past its time and a person must be told, once. A cancel window has no such time. */
export function isTimedOut(hold: HoldState, now: string): boolean {
  if (hold.type === 'CANCEL_WINDOW' || hold.type === 'CUSTOMER_REQUEST') return false
  return hold.expiresAt !== undefined && hold.timedOutAt === undefined && hold.expiresAt <= now
}
