import { moneyText, sumMinor } from '../canonical/money.ts'
import type { OrderState } from '../canonical/order-state.ts'
import type {
  ReturnCount,
  ReturnCreditChoice,
  ReturnStatus,
} from '../canonical/views/return-view.ts'
import { CallerMistake, OurBug } from '../errors.ts'
import { type CreditNoteDraft, issueCreditNote } from '../flows/apply/issue-credit-note.ts'
import { enqueueCalls } from '../flows/outbox/enqueue-calls.ts'
import type { CreditParts, ReturnCreditDecision } from '../policies/returns/return-credit.ts'
import { refusedMove } from '../policies/returns/return-life.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { resolveDispute } from '../store/collections/dispute-rows.ts'
import { creditedToInvoice } from '../store/credits/credit-notes.ts'
import type { TenantTx } from '../store/database.ts'
import { readOrder } from '../store/orders/load-orders.ts'
import {
  getReturn,
  moveReturn,
  type ReturnLineRow,
  type ReturnRow,
} from '../store/returns/return-rows.ts'
import { creditsOf, onRecord, type Scene, sceneOf, unitsOf } from './returns-scene.ts'

/** A person's yes or no, or goods sent instead. */
export type ReturnVerdict = {
  readonly reference: string
  readonly to: 'authorised' | 'replaced' | 'rejected'
  readonly reason: string
}

/** What arrived, or passed inspection. */
export type ReturnCounted = ReturnCount & {
  readonly reference: string
  readonly to: 'received' | 'inspected'
}

/** Which way a return is credited. */
export type ReturnCrediting = ReturnCreditChoice & { readonly reference: string }

type Step = { readonly row: ReturnRow; readonly scene: Scene }

/** The return, its sale and its order locked, ready to go on to a state; undefined when there is none. */
async function stepTo(
  tx: TenantTx,
  reference: string,
  to: ReturnStatus,
): Promise<Step | undefined> {
  const known = await getReturn(tx, reference)
  if (known === undefined) return undefined
  // Order and invoice are locked before the return, as a new request does.
  const { invoiceNumber, returnId } = known
  const scene = await sceneOf(tx, { invoiceNumber, exceptReturnId: returnId, isLocked: true })
  const row = await getReturn(tx, returnId, { isLocked: true })
  if (row === undefined || scene === undefined) return undefined
  const refusal = refusedMove(row.status, to)
  if (refusal !== undefined)
    throw new CallerMistake(409, 'wrong-return-state', refusal, { returnId, status: row.status })
  return { row, scene }
}

const decided = {
  authorised: 'authorised',
  replaced: 'made good with other goods',
  rejected: 'rejected',
}

/** A dispute that came with the return ends with it. */
async function endDisputes(
  tx: TenantTx,
  { lines, returnNumber }: ReturnRow,
  end: { readonly status: 'accepted' | 'rejected'; readonly actor: string; readonly now: string },
): Promise<void> {
  for (const disputeId of new Set(lines.flatMap((line) => line.disputeId ?? [])))
    await resolveDispute(tx, { disputeId, reason: `Return ${returnNumber} is decided.`, ...end })
}

/** Says yes or no to a return, or that other goods make it good. */
export async function decideReturn(
  tx: TenantTx,
  actor: string,
  { reference, to, reason }: ReturnVerdict,
): Promise<string | undefined> {
  const step = await stepTo(tx, reference, to)
  if (step === undefined) return undefined
  const { row, scene } = step
  await moveReturn(tx, { ...row, status: to })
  if (to !== 'authorised') {
    const status = to === 'rejected' ? 'rejected' : 'accepted'
    await endDisputes(tx, row, { status, actor, now: scene.now })
  }
  await onRecord(tx, row, {
    kind: `return.${to}`,
    actor,
    summary: `Return ${row.returnNumber} is ${decided[to]}: ${reason}`,
    at: scene.now,
  })
  return row.returnId
}

function counted(row: ReturnRow, act: ReturnCounted): ReturnLineRow[] {
  const counts = new Map(act.lines.map(({ line, quantityEach }) => [line, quantityEach]))
  const unknown = act.lines.find(({ line }) => !row.lines.some((own) => own.line === line))
  if (unknown !== undefined)
    throw new CallerMistake(422, 'unknown-line', `This return has no line ${unknown.line}.`, {
      line: unknown.line,
    })
  return row.lines.map((line) => {
    const quantityEach = counts.get(line.line) ?? 0
    const most = act.to === 'received' ? line.quantityEach : (line.receivedEach ?? 0)
    if (quantityEach > most)
      throw new CallerMistake(
        422,
        'too-many',
        `Of line ${line.line} at most ${most} can be ${act.to}.`,
        { line: line.line, most },
      )
    return act.to === 'received'
      ? { ...line, receivedEach: quantityEach }
      : { ...line, acceptedEach: quantityEach }
  })
}

/** Counts what arrived or passed inspection. */
export async function countReturn(
  tx: TenantTx,
  actor: string,
  act: ReturnCounted,
): Promise<string | undefined> {
  const step = await stepTo(tx, act.reference, act.to)
  if (step === undefined) return undefined
  const { row, scene } = step
  const lines = counted(row, act)
  await moveReturn(tx, { returnId: row.returnId, status: act.to, lines })
  const reason = act.reason === undefined ? '' : ` ${act.reason}`
  const units = unitsOf(lines, act.to === 'received' ? 'receivedEach' : 'acceptedEach')
  await onRecord(tx, row, {
    kind: `return.${act.to}`,
    actor,
    summary:
      act.to === 'received'
        ? `${units} of return ${row.returnNumber} arrived.${reason}`
        : `${units} of return ${row.returnNumber} passed inspection.${reason}`,
    at: scene.now,
  })
  return row.returnId
}

function chosenParts(
  { credit, simple, rerated }: ReturnCreditDecision,
  way: ReturnCreditChoice['way'],
): CreditParts {
  if (way === undefined) return credit
  return way === 'simple' ? simple : (rerated ?? simple)
}

function creditedLines(step: Step, way: ReturnCreditChoice['way']): ReturnLineRow[] {
  const credits = creditsOf(step.row.lines, step.scene, (line) => line.acceptedEach ?? 0)
  return step.row.lines.map((line) => {
    const decision = credits.get(line.line)
    if (decision === undefined) return line
    const { netMinor, taxMinor, feeMinor } = chosenParts(decision, way)
    return { ...line, creditedNetMinor: netMinor, creditedTaxMinor: taxMinor, feeMinor }
  })
}

/** A credit note gives something back, and all of them together never more than the invoice billed. */
async function assertCreditable(
  tx: TenantTx,
  { returnId, invoiceId }: ReturnRow,
  { totalMinor, givenBackMinor }: { totalMinor: number; givenBackMinor: number },
): Promise<void> {
  if (totalMinor <= 0)
    throw new CallerMistake(409, 'nothing-to-credit', 'Nothing of this return is to be credited.', {
      returnId,
    })
  const { billedMinor, creditedMinor } = await creditedToInvoice(tx, invoiceId)
  if (creditedMinor + givenBackMinor > billedMinor)
    throw new CallerMistake(
      409,
      'credited-before',
      'More would be credited than the invoice billed: what deductions had credited on it comes first.',
      { returnId, creditedMinor, billedMinor },
    )
}

type Credited = { readonly lines: readonly ReturnLineRow[]; readonly actor: string }

/** What the credit note of a return says. */
function noteOf(
  { returnId, returnNumber, invoiceId, invoiceNumber, customerNumber }: ReturnRow,
  order: OrderState,
  { lines, actor }: Credited,
): CreditNoteDraft {
  return {
    order,
    invoice: { invoiceId, invoiceNumber, customerNumber },
    lines: lines
      .filter(({ creditedNetMinor, creditedTaxMinor }) => creditedNetMinor + creditedTaxMinor !== 0)
      .map(({ line, sku, acceptedEach, creditedNetMinor, creditedTaxMinor, feeMinor }) => ({
        ...{ line, netMinor: creditedNetMinor, taxMinor: creditedTaxMinor, feeMinor },
        ...(sku === null ? {} : { sku }),
        ...(acceptedEach === null ? {} : { quantityEach: acceptedEach }),
      })),
    reasonCode: lines.find(({ disputeCode }) => disputeCode !== null)?.disputeCode ?? undefined,
    returned: { returnId, returnNumber },
    issuedBy: actor,
  }
}

/** Issues the credit note of a return, for what inspection accepted; the ERP and the buyer are told through the outbox. */
export async function creditReturn(
  tx: TenantTx,
  actor: string,
  { reference, way, reason, queue }: ReturnCrediting & { readonly queue: JobQueue },
): Promise<string | undefined> {
  const step = await stepTo(tx, reference, 'credited')
  if (step === undefined) return undefined
  const { row, scene } = step
  const lines = creditedLines(step, way)
  const sum = (key: 'creditedNetMinor' | 'creditedTaxMinor' | 'feeMinor') =>
    sumMinor(lines.map((line) => line[key]))
  const [netMinor, taxMinor, feeMinor] = [
    sum('creditedNetMinor'),
    sum('creditedTaxMinor'),
    sum('feeMinor'),
  ]
  const order = await readOrder(tx, row.orderId)
  if (order === undefined)
    throw new OurBug('A return is of an order that is not there.', { returnId: row.returnId })
  const sums = { totalMinor: netMinor + taxMinor - feeMinor, givenBackMinor: netMinor + taxMinor }
  await assertCreditable(tx, row, sums)
  const { returnId, currency, orderId } = row
  await moveReturn(tx, { returnId, status: 'credited', lines })
  const draft = noteOf(row, order, { lines, actor })
  const { creditNoteNumber, totalMinor, sends } = await issueCreditNote(tx, draft, scene.setting)
  const calls = sends.map((send) => ({ ...send, orderId }))
  await enqueueCalls(tx, queue, calls)
  await endDisputes(tx, row, { status: 'accepted', actor, now: scene.now })
  await onRecord(tx, row, {
    kind: 'return.credited',
    actor,
    summary: `Return ${row.returnNumber} is credited with ${creditNoteNumber}, ${moneyText(totalMinor, currency)}: ${reason}`,
    at: scene.now,
  })
  return returnId
}
