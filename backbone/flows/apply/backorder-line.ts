import type { IsoDate } from '../../canonical/document.ts'
import { openEach } from '../../canonical/order-state.ts'
import type { WayOut } from '../../policies/substitution/ways-out.ts'
import type { TenantTx } from '../../store/database.ts'
import type { LineBook } from './line-book.ts'
import type { LineWish } from './settle-line.ts'
import { findShortLine, type LineSettled, refusedLine, withSettledLine } from './short-line.ts'

/** What waiting for a line comes to: the day on which all of it can leave. */
export type Backordered = LineSettled<{ readonly completeOn: IsoDate; readonly way: WayOut }>

/** Waits for all of a short line: it leaves in one go on the day that known supply completes it. */
export async function backorderLine(
  tx: TenantTx,
  book: LineBook,
  wish: LineWish,
): Promise<Backordered> {
  const short = await findShortLine(book, wish.line)
  if (typeof short === 'string') return refusedLine(short)
  const { state } = short
  const way = short.decision.ways.find(({ kind }) => kind === 'backorder')
  const completeOn = way?.completeOn
  if (way === undefined || completeOn === undefined)
    return refusedLine(`No known supply brings line ${wish.line}: there is no day to wait for.`)
  const line = {
    ...state,
    promisedOn: completeOn,
    settled: { ...state.settled, supply: 'backorder' as const },
  }
  const settled = await withSettledLine(tx, book, { short, lines: [line], wish })
  const event = {
    kind: 'line.backordered',
    actor: wish.by,
    summary: `Line ${wish.line}: ${openEach(state)} of ${state.sku} wait until ${completeOn}, and leave together. ${wish.reason}`,
    body: { line: wish.line, promisedOn: completeOn, before: state.promisedOn },
  }
  return {
    status: 'settled',
    decision: { ...settled, events: [event, ...settled.events] },
    ...{ short, completeOn, way },
  }
}
