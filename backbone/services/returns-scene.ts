import { type FlowSetting, openFlowSetting } from '../flows/flow-setting.ts'
import type { PolicyInForce } from '../policies/policy-in-force.ts'
import { type ReturnCreditDecision, returnCredit } from '../policies/returns/return-credit.ts'
import { type ReturnsSettings, returnsPolicy } from '../policies/returns/returns-policy.ts'
import type { TenantTx } from '../store/database.ts'
import { appendOrderEvents } from '../store/events.ts'
import type { ReturnLineRow, ReturnRow } from '../store/returns/return-rows.ts'
import type { SaleQuestion } from '../store/returns/sale-facts.ts'
import { loadSale, type Sale } from './returns-sale.ts'

/** A running number as documents carry it. */
export const padded = (prefix: string, number: number) =>
  `${prefix}-${String(number).padStart(6, '0')}`

/** A sale with the rules and the moment its return is decided by. */
export type Scene = {
  readonly sale: Sale
  readonly policy: PolicyInForce<ReturnsSettings>
  readonly today: string
  readonly now: string
  readonly setting: FlowSetting
}

/** Loads the sale of an invoice with the rules for its customer. */
export async function sceneOf(tx: TenantTx, question: SaleQuestion): Promise<Scene | undefined> {
  const sale = await loadSale(tx, question)
  if (sale === undefined) return undefined
  const { customerNumber, partnerId } = sale
  const setting = await openFlowSetting(tx)
  const { now, today, policy } = setting
  const subject = { customerNumber, ...(partnerId === null ? {} : { partnerId }) }
  return { sale, policy: policy(returnsPolicy, subject), today, now, setting }
}

/** Units of all lines together. */
export const unitsOf = (
  lines: readonly ReturnLineRow[],
  key: 'quantityEach' | 'receivedEach' | 'acceptedEach',
) => lines.reduce((sum, line) => sum + (line[key] ?? 0), 0)

/** Puts what happened to a return on its order's timeline. */
export async function onRecord(
  tx: TenantTx,
  row: Pick<ReturnRow, 'orderId' | 'returnNumber' | 'returnId'>,
  event: {
    readonly kind: string
    readonly actor: string
    readonly summary: string
    readonly at: string
  },
): Promise<void> {
  const { orderId, returnNumber, returnId } = row
  const { at, ...rest } = event
  await appendOrderEvents(tx, [{ ...rest, orderId, body: { returnId, returnNumber } }], at)
}

/** The lines of a return with what each would be credited; nothing for one of which nothing was accepted. */
export function creditsOf(
  lines: readonly ReturnLineRow[],
  { sale, policy }: Scene,
  each: (line: ReturnLineRow) => number,
): Map<string, ReturnCreditDecision> {
  return new Map(
    lines.flatMap((row) => {
      const sold = sale.lines.find(({ line }) => line === row.line)
      const returningEach = each(row)
      if (sold === undefined || returningEach === 0) return []
      const decision = returnCredit({ ...sold, reason: row.reason, returningEach }, policy)
      return [[row.line, decision] as const]
    }),
  )
}
