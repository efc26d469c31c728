import type { ItemIdentifier } from '../../canonical/item.ts'
import { multiplyDecimal } from '../../canonical/money.ts'
import type { CheckFinding, OrderLineState, OrderState } from '../../canonical/order-state.ts'
import {
  type CustomerFacts,
  customersByKey,
  type ItemKey,
  type ProductFacts,
  productsByKey,
} from '../../store/checks/identity-facts.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { type HoldWish, liftHolds, placeHolds } from '../place-hold.ts'

function customerCandidates(
  order: OrderState,
  setting: FlowSetting,
): { keys: readonly string[]; fallback: string[] } {
  const connection = setting.connection(order.connectionId)
  const fallback = [
    setting.partnerCustomer(order.partnerId),
    connection?.rules.defaultCustomerNumber,
  ]
  return { keys: order.customerKeys, fallback: fallback.filter((number) => number !== undefined) }
}

/** The keys a number may be filed under: a GTIN is the same number with 8, 12, 13 or 14 digits. */
function keysOf({ scheme, value }: ItemIdentifier): string[] {
  const asSent = `${scheme}:${value}`
  return scheme === 'gtin' ? [asSent, `gtin:${value.padStart(14, '0')}`] : [asSent]
}

function itemKeys(line: OrderLineState, customerNumber: string): ItemKey[] {
  return line.item.identifiers.flatMap(keysOf).map((key) => ({ customerNumber, key }))
}

type Facts = {
  customerOf: Map<string, CustomerFacts>
  skuOf(customerNumber: string, key: string): string | undefined
  products: Map<string, ProductFacts>
}

function findProduct(
  line: OrderLineState,
  customerNumber: string,
  facts: Facts,
): ProductFacts | undefined {
  for (const identifier of line.item.identifiers) {
    const known = keysOf(identifier).flatMap((key) => facts.skuOf(customerNumber, key) ?? [])
    const sku = known[0] ?? (identifier.scheme === 'sku' ? identifier.value : undefined)
    const product = sku === undefined ? undefined : facts.products.get(sku)
    if (product !== undefined) return product
  }
  return undefined
}

function unitFactor(line: OrderLineState, product: ProductFacts): number | undefined {
  return line.uom === product.baseUom ? 1 : product.uomFactors[line.uom]
}

type Identified = { line: OrderLineState; finding?: CheckFinding }

function unresolved(line: OrderLineState, kind: string, message: string): Identified {
  const { sku: _sku, ...rest } = line
  return {
    line: rest,
    finding: { kind, line: line.line, message: `Line ${line.line}: ${message}` },
  }
}

function identifyLine(line: OrderLineState, customerNumber: string, facts: Facts): Identified {
  const product = findProduct(line, customerNumber, facts)
  if (product === undefined) {
    const numbers = line.item.identifiers
      .map(({ scheme, value }) => `${scheme} ${value}`)
      .join(', ')
    return unresolved(line, 'UNKNOWN_ITEM', `no product has the number ${numbers}.`)
  }
  if (product.status !== 'active')
    return unresolved(line, 'INACTIVE_ITEM', `product ${product.sku} is not sold any more.`)
  const factor = unitFactor(line, product)
  if (factor === undefined)
    return unresolved(
      line,
      'UNKNOWN_UNIT',
      `product ${product.sku} is not sold by ${line.uom} (${line.uomScheme}).`,
    )
  const orderedEach = Number(multiplyDecimal(line.quantity, String(factor)))
  if (!Number.isInteger(orderedEach) || orderedEach <= 0 || orderedEach > 2_000_000_000)
    return unresolved(
      line,
      'DATA_QUALITY',
      `a quantity of ${line.quantity} ${line.uom} cannot be delivered.`,
    )
  return {
    line: {
      ...line,
      sku: product.sku,
      description: line.description ?? product.name,
      uomFactor: factor,
      orderedEach,
    },
  }
}

/** The customer's and items' numbers become ours; what nobody knows holds the order with the number named. */
export const identifyOrder = defineStep<Facts>({
  name: 'identify-order',
  from: ['received'],
  isNeeded: () => true,
  async load(tx, orders, setting) {
    const candidates = new Map(
      orders.map((order) => [order.orderId, customerCandidates(order, setting)]),
    )
    const all = [...candidates.values()]
    const { byKey, customers } = await customersByKey(
      tx,
      all.flatMap(({ keys }) => keys),
      all.flatMap(({ fallback }) => fallback),
    )
    const customerOf = new Map<string, CustomerFacts>()
    for (const [orderId, { keys, fallback }] of candidates) {
      const numbers = [...keys.map((key) => byKey.get(key)), ...fallback]
      const customer = numbers.flatMap((number) => customers.get(number ?? '') ?? []).at(0)
      if (customer !== undefined) customerOf.set(orderId, customer)
    }
    const lines = orders.flatMap((order) =>
      order.lines.map((line) => ({
        line,
        customerNumber: customerOf.get(order.orderId)?.customerNumber ?? '',
      })),
    )
    const known = await productsByKey(
      tx,
      lines.flatMap(({ line }) =>
        line.item.identifiers.filter(({ scheme }) => scheme === 'sku').map(({ value }) => value),
      ),
      lines.flatMap(({ line, customerNumber }) => itemKeys(line, customerNumber)),
    )
    for (const product of known.products.values()) setting.products.set(product.sku, product)
    return { customerOf, ...known }
  },
  decide(order, facts, setting) {
    const customer = facts.customerOf.get(order.orderId)
    const identified = order.lines.map((line) =>
      identifyLine(line, customer?.customerNumber ?? '', facts),
    )
    const findings = [
      ...customerFindings(order, customer),
      ...identified.flatMap(({ finding }) => finding ?? []),
    ]
    const checked: OrderState = {
      ...order,
      lines: identified.map(({ line }) => line),
      // Other terms of payment are seen once, before the agreed ones take their place (see price-lines).
      findings: [...findings, ...order.findings.filter(({ kind }) => kind === 'PAYMENT_TERMS')],
      ...(customer === undefined ? {} : { customerNumber: customer.customerNumber }),
    }
    // What was unknown before and is known now is no reason to hold any more.
    const causes = new Set(findings.map(causeOf))
    const cleared = liftHolds(
      checked,
      (hold) =>
        hold.type === 'DATA_INCOMPLETE' && !causes.has(hold.causeKey)
          ? 'The missing data is there now.'
          : undefined,
      setting.now,
      'order-check',
    )
    const held = placeHolds(cleared.order, findings.map(holdWish), setting, 'order-check')
    return { order: held.order, events: [...cleared.events, ...held.events] }
  },
})

function customerFindings(order: OrderState, customer: CustomerFacts | undefined): CheckFinding[] {
  if (customer === undefined)
    return [
      {
        kind: 'UNKNOWN_CUSTOMER',
        message: `No customer has the number ${order.customerKeys.join(' or ') || 'the order gives (it gives none)'}.`,
      },
    ]
  if (customer.status !== 'active')
    return [
      {
        kind: 'CUSTOMER_BLOCKED',
        message: `Customer ${customer.customerNumber} is ${customer.status}.`,
      },
    ]
  if (customer.currency !== order.currency)
    return [
      {
        kind: 'CURRENCY_MISMATCH',
        message: `The order is in ${order.currency}, the customer is billed in ${customer.currency}.`,
      },
    ]
  return []
}

const causeOf = (finding: CheckFinding) =>
  `${finding.kind}:${finding.line ?? ''}:${finding.message}`

function holdWish(finding: CheckFinding): HoldWish {
  return {
    type: 'DATA_INCOMPLETE',
    causeKey: causeOf(finding),
    reason: finding.message,
    ...(finding.line === undefined ? {} : { line: finding.line }),
  }
}
