import type { OrderState } from '../../canonical/order-state.ts'
import type { TenantTx } from '../../store/database.ts'
import { alternativesOfKept, type LineAlternatives } from '../alternatives-for.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { shipDayOf, shipmentsToPrice, waitingForPrice } from '../ship-prices.ts'
import { openPriceDesk, type PriceDesk } from '../steps/price-lines.ts'

/** What the lines of one order are settled by, looked up once for all that is asked of them. */
export type LineBook = {
  readonly order: OrderState
  readonly setting: FlowSetting
  /** Of a line whose goods have left it is that of their day; absent where the customer is not known. */
  prices(line?: string): Promise<PriceDesk | undefined>
  /** Ways out of the short lines. */
  alternatives(): Promise<readonly LineAlternatives[]>
}

/** Opens the book of an order's lines: of what is locked by then nothing changes until the transaction ends. */
export function openLineBook(tx: TenantTx, order: OrderState, setting: FlowSetting): LineBook {
  const prices = new Map<string, Promise<PriceDesk | undefined>>()
  let alternatives: Promise<readonly LineAlternatives[]> | undefined
  return {
    order,
    setting,
    prices(number) {
      const left = shipmentsToPrice(order).find((shipment) =>
        waitingForPrice(order, shipment).some(({ line }) => line === number),
      )
      const shippedOn = left === undefined ? undefined : shipDayOf(left, setting)
      const desk = prices.get(shippedOn ?? '') ?? openPriceDesk(tx, order, setting, shippedOn)
      prices.set(shippedOn ?? '', desk)
      return desk
    },
    alternatives() {
      alternatives ??= alternativesOfKept(tx, order, setting)
      return alternatives
    },
  }
}
