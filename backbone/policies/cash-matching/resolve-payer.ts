import type { Evidence } from '../../canonical/decision.ts'
import type { Payment } from '../../canonical/payment.ts'
import type { Payer } from './cash-facts.ts'

/** What a payment says about its payer, each in its one spelling. */
export type PayerTraces = {
  /** `account:DE89370400440532013000`. */
  readonly accountKey?: string
  /** `name:ACME INC`. */
  readonly aliasKey?: string
  /** Customer numbers of ours that the payer wrote. */
  readonly customerNumbers: readonly string[]
  /** Numbers that cross-references may name a customer by, for example `duns:123456789`. */
  readonly customerKeys: readonly string[]
}

const spelled = (text: string) =>
  text
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Reads what a payment says about its payer. */
export function payerTraces({
  payer,
  payerAccount,
}: Pick<Payment, 'payer' | 'payerAccount'>): PayerTraces {
  const identifiers = payer?.identifiers ?? []
  const account = (payerAccount ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '')
  const alias = spelled(payer?.name ?? '')
  return {
    ...(account === '' ? {} : { accountKey: `account:${account}` }),
    ...(alias === '' ? {} : { aliasKey: `name:${alias}` }),
    customerNumbers: identifiers
      .filter(({ scheme }) => scheme === 'seller-assigned')
      .map(({ value }) => value),
    // Accounts and names that a customer's file lists among its keys.
    customerKeys: [
      ...(account === '' ? [] : [`iban:${account}`]),
      ...(alias === '' ? [] : [`payer-name:${alias}`]),
      ...identifiers
        .filter(({ scheme }) => scheme !== 'seller-assigned')
        .map(({ scheme, value }) => `${scheme}:${value}`),
    ],
  }
}

/** The customer behind an account or name, and whether a person has confirmed it. */
type KnownPayer = { readonly customerNumber: string; readonly isCertain: boolean }

/** What the books know of a payment's payer. */
export type PayerFacts = {
  /** By account or name, as learned from confirmed matches. */
  readonly known: ReadonlyMap<string, KnownPayer>
  /** Customers that exist, of those the payment names by number or key. */
  readonly named: readonly { readonly by: string; readonly customerNumber: string }[]
  /** Each customer's children, for which it may pay. */
  readonly childrenOf: ReadonlyMap<string, readonly string[]>
}

type Found = KnownPayer & { readonly text: string }

/** How a payer was named; account numbers stay out of sentences. */
function howNamed(by: string, customerNumber: string): string {
  if (by === customerNumber) return 'the customer number it wrote'
  if (by.startsWith('iban:')) return 'an account on its file'
  return by.startsWith('payer-name:') ? 'a name on its file' : by
}

function foundBy(traces: PayerTraces, { known, named }: PayerFacts): Found[] {
  const { accountKey = '', aliasKey = '' } = traces
  const found = (payer: KnownPayer, how: string): Found => ({
    ...payer,
    text: `The payer is ${payer.customerNumber}, by ${how}.`,
  })
  const byKey = (key: string, how: string) => {
    const payer = known.get(key)
    return payer === undefined ? [] : [found(payer, how)]
  }
  return [
    ...byKey(accountKey, 'the account the money came from'),
    ...named
      .filter(({ by }) => traces.customerNumbers.includes(by) || traces.customerKeys.includes(by))
      .map(({ by, customerNumber }) =>
        found({ customerNumber, isCertain: true }, howNamed(by, customerNumber)),
      ),
    ...byKey(aliasKey, 'the name it pays under'),
  ]
}

/**
 * Who paid: by account first, then by a number the payer wrote, then by the name it pays under. A parent may pay
 * for its children. What contradicts the first is told.
 */
export function resolvePayer(traces: PayerTraces, facts: PayerFacts): Payer {
  const [first, ...others] = foundBy(traces, facts)
  if (first === undefined)
    return {
      isCertain: false,
      payableCustomers: [],
      evidence: [{ weighs: 'note', text: 'Who paid is not known from account, number or name.' }],
    }
  const { customerNumber } = first
  const isCertain =
    first.isCertain ||
    others.some((other) => other.isCertain && other.customerNumber === customerNumber)
  const children = facts.childrenOf.get(customerNumber) ?? []
  const evidence: Evidence[] = [
    { weighs: 'for', text: first.text, source: `customer:${customerNumber}` },
    ...others
      .filter((other) => other.customerNumber !== customerNumber)
      .map(({ text }) => ({ weighs: 'against' as const, text })),
  ]
  if (children.length > 0)
    evidence.push({
      weighs: 'note',
      text: `${customerNumber} may pay for ${children.length} customers that belong to it.`,
    })
  const payableCustomers = [customerNumber, ...children]
  return { customerNumber, isCertain, payableCustomers, evidence }
}
