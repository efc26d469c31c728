import { recordOf } from '../../canonical/json-fields.ts'
import { percentOfMinor } from '../../canonical/money.ts'
import { chanceOf } from './chance.ts'
import { textIn } from './effect-answer.ts'
import type { Plan, SandboxSettings } from './records.ts'

type PostedInvoice = {
  readonly invoice: Readonly<Record<string, unknown>>
  readonly number: string
  readonly nowMs: number
}

/** The customer's bank: pays an invoice some time after it was posted, the way the settings say. */
export function plannedPayment(
  settings: SandboxSettings,
  { invoice, number, nowMs }: PostedInvoice,
): readonly Plan[] {
  const totalMinor = invoice['total_minor']
  if (typeof totalMinor !== 'number' || totalMinor <= 0) return []
  const dueAtMs = nowMs + settings.payDelayMs / settings.speed
  const currency = textIn(invoice, 'currency') ?? settings.currency
  const payer = payerOf(recordOf(invoice['bill_to']))
  const document = {
    docType: 'payment',
    paymentNumber: `PAY-${number}`,
    method: 'ach',
    bookedOn: new Date(dueAtMs).toISOString().slice(0, 10),
    currency,
    ...(payer === undefined ? {} : { payer }),
    ...remittanceOf(settings, invoice, { number, totalMinor }),
  }
  const subject = `invoice:${number}`
  return [{ planId: `pay:${number}`, sender: 'bank', subject, dueAtMs, document }]
}

function remittanceOf(
  settings: SandboxSettings,
  invoice: Readonly<Record<string, unknown>>,
  { number, totalMinor }: { number: string; totalMinor: number },
) {
  const isChosen = (what: string, rate: number) => chanceOf(settings.seed, what, number) < rate
  const percent = textIn(invoice, 'discount_percent')
  const takesDiscount = percent !== undefined && isChosen('discount', settings.discountRate)
  const discountMinor = takesDiscount ? percentOfMinor(totalMinor, percent) : 0
  const shortMinor = isChosen('short', settings.shortRate) ? percentOfMinor(totalMinor, '5') : 0
  const amountMinor = totalMinor - discountMinor - shortMinor
  if (isChosen('unknown-reference', settings.unknownReferenceRate))
    return { amountMinor, remittanceText: 'PAYMENT PER STATEMENT', remittance: [] }
  const line = { invoiceNumber: number, paidMinor: amountMinor, discountMinor }
  return { amountMinor, remittanceText: `INVOICE ${number}`, remittance: [line] }
}

function payerOf(billTo: Readonly<Record<string, unknown>> | undefined) {
  if (billTo === undefined) return undefined
  const name = textIn(billTo, 'name')
  const number = textIn(billTo, 'number')
  const identifiers = number === undefined ? [] : [{ scheme: 'seller-assigned', value: number }]
  return { role: 'payer', ...(name === undefined ? {} : { name }), identifiers }
}
