import type { OrderState } from '../../canonical/order-state.ts'
import type { TenantTx } from '../../store/database.ts'
import { alternativesOfKept, type LineAlternatives } from '../alternatives-for.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { shipDayOf, shipmentsToPrice } from '../ship-prices.ts'
import { openPriceDesk, type PriceDesk } from '../steps/price-lines.ts'

/** What the lines of one order are settled by, looked up once for all that is asked of them. */
export type LineBook = {
  readonly order: OrderState
  readonly setting: FlowSetting
  /** Absent where the customer is not known. */
  prices(): Promise<PriceDesk | undefined>
  /** Ways out of the short lines. */
  alternatives(): Promise<readonly LineAlternatives[]>
}

/** Opens the book of an order's lines: of what is locked by then nothing changes until the transaction ends. */
export function openLineBook(tx: TenantTx, order: OrderState, setting: FlowSetting): LineBook {
  let prices: Promise<PriceDesk | undefined> | undefined
  let alternatives: Promise<readonly LineAlternatives[]> | undefined
  return {
    order,
    setting,
    prices() {
      const [left] = shipmentsToPrice(order)
      const shippedOn = left === undefined ? undefined : shipDayOf(left, setting)
      prices ??= openPriceDesk(tx, order, setting, shippedOn)
      return prices
    },
    alternatives() {
      alternatives ??= alternativesOfKept(tx, order, setting)
      return alternatives
    },
  }
}
