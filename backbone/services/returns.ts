import { newId } from '../canonical/ids.ts'
import { sumMinor } from '../canonical/money.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import {
  type ReturnRequest,
  type ReturnSummary,
  ReturnView,
} from '../canonical/views/return-view.ts'
import { CallerMistake } from '../errors.ts'
import { disputeCode } from '../policies/collections/dispute-codes.ts'
import { type EligibilityDecision, returnEligibility } from '../policies/returns/eligibility.ts'
import { refusedMove } from '../policies/returns/return-life.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { insertDispute } from '../store/collections/dispute-rows.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { takeNumbers } from '../store/orders/save-orders.ts'
import {
  creditNoteOf,
  getReturn,
  insertReturn,
  listReturns,
  type NewReturn,
  type ReturnFilter,
  type ReturnLineRow,
} from '../store/returns/return-rows.ts'
import {
  countReturn,
  creditReturn,
  decideReturn,
  type ReturnCounted,
  type ReturnCrediting,
  type ReturnVerdict,
} from './returns-moves.ts'
import { creditsOf, onRecord, padded, type Scene, sceneOf, unitsOf } from './returns-scene.ts'

type Who = { readonly tenantId: string; readonly actor: string }

/** Goods that come back, from the request to the credit. */
export type ReturnsService = {
  list(
    query: ReturnFilter & { readonly tenantId: string; readonly page: PageQuery },
  ): Promise<Page<ReturnSummary>>
  /** By id or return number; with what it would be credited as things stand. */
  get(tenantId: string, reference: string): Promise<ReturnView | undefined>
  /** Undefined when there is no such invoice. */
  request(who: Who, request: ReturnRequest): Promise<ReturnView | undefined>
  /** Says yes or no, or how the goods are made good otherwise; undefined when there is no such return. */
  decide(who: Who, act: ReturnVerdict): Promise<ReturnView | undefined>
  /** How many arrived, or passed inspection. */
  count(who: Who, act: ReturnCounted): Promise<ReturnView | undefined>
  /** Issues the credit note of what inspection accepted. */
  credit(who: Who, act: ReturnCrediting): Promise<ReturnView | undefined>
}

type Judged = { readonly row: ReturnLineRow; readonly decision: EligibilityDecision }

function judgeLine(asked: ReturnRequest['lines'][number], scene: Scene): Judged {
  const { sale, policy, today } = scene
  const sold = sale.lines.find(({ line }) => line === asked.line)
  if (sold === undefined)
    throw new CallerMistake(
      422,
      'unknown-line',
      `Invoice ${sale.invoiceNumber} has no line ${asked.line}.`,
      { invoiceNumber: sale.invoiceNumber, line: asked.line },
    )
  const { sku, productClass, invoicedEach, returnedEach } = sold
  const decision = returnEligibility(
    {
      ...asked,
      ...(sku === null ? {} : { sku }),
      ...(productClass === null ? {} : { productClass }),
      invoicedEach,
      returnedEach,
      deliveredOn: sale.deliveredOn,
      requestedOn: today,
    },
    policy,
  )
  const row = {
    ...asked,
    sku,
    disputeCode: decision.disputeCode ?? null,
    disputeId: null,
    receivedEach: null,
    acceptedEach: null,
    creditedNetMinor: 0,
    creditedTaxMinor: 0,
    feeMinor: 0,
  }
  return { row, decision }
}

const expectedEach = (line: ReturnLineRow) =>
  line.acceptedEach ?? line.receivedEach ?? line.quantityEach

/** Lines whose reason contests the invoice open a dispute for what they would be credited: it is not dunned meanwhile. */
async function withDisputes(
  tx: TenantTx,
  { row, scene }: { readonly row: NewReturn; readonly scene: Scene },
): Promise<readonly ReturnLineRow[]> {
  const credits = creditsOf(row.lines, scene, expectedEach)
  const idByCode = new Map<string, string>()
  for (const code of new Set(row.lines.flatMap((line) => line.disputeCode ?? []))) {
    const route = disputeCode(code)?.route
    const own = row.lines.filter((line) => line.disputeCode === code)
    const amountMinor = sumMinor(own.map(({ line }) => credits.get(line)?.credit.totalMinor ?? 0))
    if (route === undefined || amountMinor <= 0) continue
    const { customerNumber, currency, invoiceNumber, returnNumber, requestedBy } = row
    const disputeId = newId('dsp')
    await insertDispute(tx, {
      ...{ disputeId, customerNumber, currency, invoiceNumber, amountMinor, code, route },
      instalment: null,
      note: `Return ${returnNumber}`,
      replyId: null,
      recordedBy: requestedBy,
      now: scene.now,
    })
    idByCode.set(code, disputeId)
  }
  return row.lines.map((line) => ({
    ...line,
    disputeId: line.disputeCode === null ? null : (idByCode.get(line.disputeCode) ?? null),
  }))
}

async function requestReturn(
  tx: TenantTx,
  actor: string,
  asked: ReturnRequest,
): Promise<string | undefined> {
  const { invoiceNumber } = asked
  const scene = await sceneOf(tx, { invoiceNumber, isLocked: true })
  if (scene === undefined) return undefined
  const { sale, today, now } = scene
  const judged = asked.lines.map((line) => judgeLine(line, scene))
  // A request is taken or refused whole: the customer sends another one without what may not come back.
  const isRefused = judged.some(({ decision }) => decision.decision === 'refuse')
  const [number = 0] = await takeNumbers(tx, 'return', 1)
  const row: NewReturn = {
    returnId: newId('rma'),
    returnNumber: padded('RMA', number),
    status: isRefused ? 'rejected' : 'requested',
    orderId: sale.orderId,
    invoiceId: sale.invoiceId,
    invoiceNumber: sale.invoiceNumber,
    customerNumber: sale.customerNumber,
    currency: sale.currency,
    requestedOn: today,
    requestedBy: actor,
    note: asked.note ?? null,
    decisions: Object.fromEntries(judged.map(({ row: { line }, decision }) => [line, decision])),
    lines: judged.map((one) => one.row),
  }
  const lines = isRefused ? row.lines : await withDisputes(tx, { row, scene })
  await insertReturn(tx, { ...row, lines })
  const units = unitsOf(row.lines, 'quantityEach')
  await onRecord(tx, row, {
    kind: isRefused ? 'return.rejected' : 'return.requested',
    actor,
    summary: isRefused
      ? `Return ${row.returnNumber} of ${units} from invoice ${row.invoiceNumber} is refused by the rules.`
      : `Return ${row.returnNumber} of ${units} from invoice ${row.invoiceNumber} is asked for.`,
    at: now,
  })
  return row.returnId
}

async function viewOf(tx: TenantTx, reference: string): Promise<ReturnView | undefined> {
  const row = await getReturn(tx, reference)
  if (row === undefined) return undefined
  const { decisions, lines, invoiceId: _, ...summary } = row
  const isDecided = refusedMove(row.status, 'rejected') !== undefined && row.status !== 'received'
  const scene = isDecided
    ? undefined
    : await sceneOf(tx, {
        invoiceNumber: row.invoiceNumber,
        exceptReturnId: row.returnId,
        isLocked: false,
      })
  const credits = scene === undefined ? new Map() : creditsOf(lines, scene, expectedEach)
  const shown = lines.map((line) => ({
    ...line,
    eligibility: decisions[line.line],
    ...(credits.has(line.line) ? { credit: credits.get(line.line) } : {}),
  }))
  return ReturnView.parse({
    ...summary,
    lines: shown,
    creditNote: (await creditNoteOf(tx, row.returnId)) ?? null,
  })
}

/** Opens the service of returns. */
export function returnsService({
  database,
  queue,
}: {
  readonly database: Database
  readonly queue: JobQueue
}): ReturnsService {
  const acting = (
    { tenantId, actor }: Who,
    act: (tx: TenantTx, actor: string) => Promise<string | undefined>,
  ): Promise<ReturnView | undefined> =>
    database.inTenant(tenantId, async (tx) => {
      const returnId = await act(tx, actor)
      return returnId === undefined ? undefined : viewOf(tx, returnId)
    })
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listReturns(tx, filter, page)),
    get: (tenantId, reference) => database.inTenant(tenantId, (tx) => viewOf(tx, reference)),
    request: (who, asked) => acting(who, (tx, actor) => requestReturn(tx, actor, asked)),
    decide: (who, act) => acting(who, (tx, actor) => decideReturn(tx, actor, act)),
    count: (who, act) => acting(who, (tx, actor) => countReturn(tx, actor, act)),
    credit: (who, act) => acting(who, (tx, actor) => creditReturn(tx, actor, { ...act, queue })),
  }
}
