import { businessTime } from '../canonical/business-calendar.ts'
import { newId } from '../canonical/ids.ts'
import { moneyText } from '../canonical/money.ts'
import type { DisputeView, PromiseView } from '../canonical/views/collections-view.ts'
import { CallerMistake } from '../errors.ts'
import { disputeCode, disputeCodes } from '../policies/collections/dispute-codes.ts'
import { insertDispute, namedInvoices, resolveDispute } from '../store/collections/dispute-rows.ts'
import { decidePromises, findPromise, insertPromise } from '../store/collections/promise-rows.ts'
import {
  type Act,
  assertInvoices,
  atField,
  knownCustomer,
  noteEvent,
  written,
} from './collections-acts.ts'
import type { DisputeDraft, PromiseDraft } from './collections-drafts.ts'

/** Records a promise to pay, with the last day on which money still keeps it. */
export async function recordPromise(act: Act, draft: PromiseDraft): Promise<PromiseView> {
  const { tx, actor, now, setting } = act
  const { customerNumber, amountMinor, promisedOn, invoiceNumbers, note, replyId = null } = draft
  const { empty } = await knownCustomer(act, customerNumber)
  const currency = draft.currency ?? empty.currency
  assertInvoices(invoiceNumbers, await namedInvoices(tx, invoiceNumbers), {
    customerNumber,
    currency,
  })
  const { asOf, policy } = setting.caseSetting(empty)
  if (promisedOn < asOf)
    throw atField('promise-in-the-past', 'promisedOn', {
      message: 'A promise is for today or a later day.',
      facts: { promisedOn, today: asOf },
    })
  const settleBy = businessTime(setting.calendar(empty)).addBusinessDays(
    promisedOn,
    policy.settings.promiseGraceBusinessDays,
  )
  const promise = written(
    await insertPromise(tx, {
      promiseId: newId('prm'),
      customerNumber,
      currency,
      amountMinor,
      promisedOn,
      settleBy,
      invoiceNumbers,
      note,
      replyId,
      recordedBy: actor,
      recordedOn: asOf,
      now,
    }),
  )
  const { promiseId } = promise
  await noteEvent(
    act,
    'promise.recorded',
    `Customer ${customerNumber} promised ${moneyText(amountMinor, currency)} for ${promisedOn}.`,
    { promiseId, customerNumber, currency, amountMinor, promisedOn, settleBy, invoiceNumbers },
  )
  return promise
}

/** Cancels a promise that nobody has decided about; once more is the same. */
export async function cancelPromise(
  act: Act,
  promiseId: string,
  reason: string,
): Promise<PromiseView | undefined> {
  const { tx, actor, now, setting } = act
  const decision = { promiseId, status: 'cancelled' as const, paidMinor: 0, reason }
  const [cancelled] = await decidePromises(tx, [decision], { actor, now, today: setting.asOf })
  if (cancelled === undefined) {
    const known = await findPromise(tx, promiseId)
    if (known === undefined || known.status === 'cancelled') return known
    throw new CallerMistake(409, 'already-decided', `This promise is ${known.status} already.`)
  }
  await noteEvent(act, 'promise.cancelled', `A promise was cancelled: ${reason}`, {
    promiseId,
    customerNumber: cancelled.customerNumber,
    reason,
  })
  return cancelled
}

/** The code as the standard writes it, or a refusal that names those there are. */
function codeOf(code: string) {
  const known = disputeCode(code)
  if (known === undefined)
    throw atField('unknown-dispute-code', 'code', {
      message: `Dispute codes are ${disputeCodes.map((one) => one.code).join(', ')} (X12 element 426).`,
    })
  return known
}

/** Records what a customer contests of an invoice and which desk looks into it. */
export async function openDispute(act: Act, draft: DisputeDraft): Promise<DisputeView> {
  const { tx, actor, now } = act
  const { code, name, route } = codeOf(draft.code)
  const { invoiceNumber, instalment = null, note, replyId = null } = draft
  const [invoice] = await namedInvoices(tx, [invoiceNumber])
  if (invoice === undefined)
    throw atField('unknown-invoice', 'invoiceNumber', {
      message: 'There is no invoice with this number.',
    })
  const { customerNumber, currency, openMinor } = invoice
  const amountMinor = draft.amountMinor ?? openMinor
  if (amountMinor > openMinor || amountMinor <= 0)
    throw atField('more-than-open', 'amountMinor', {
      message: `Of this invoice ${moneyText(openMinor, currency)} are open.`,
      facts: { openMinor, amountMinor },
    })
  const disputeId = newId('dsp')
  const dispute = written(
    await insertDispute(tx, {
      disputeId,
      customerNumber,
      currency,
      invoiceNumber,
      instalment,
      amountMinor,
      code,
      route,
      note,
      replyId,
      recordedBy: actor,
      now,
    }),
  )
  await noteEvent(
    act,
    'dispute.opened',
    `${moneyText(amountMinor, currency)} of ${invoiceNumber} are disputed: ${code} ${name}; ${route} looks into it.`,
    { disputeId, customerNumber, invoiceNumber, amountMinor, currency, code, route },
  )
  return dispute
}

/** Resolves a dispute; once more in the same way is the same. */
export async function settleDispute(
  act: Act,
  disputeId: string,
  how: { readonly status: 'accepted' | 'rejected' | 'withdrawn'; readonly reason: string },
): Promise<DisputeView | undefined> {
  const { tx, actor, now } = act
  const found = await resolveDispute(tx, { disputeId, actor, now, ...how })
  if (found === undefined) return undefined
  const { dispute, isChanged } = found
  if (!isChanged) {
    if (dispute.status === how.status) return dispute
    throw new CallerMistake(409, 'already-decided', `This dispute is ${dispute.status} already.`)
  }
  const { invoiceNumber, customerNumber, code } = dispute
  await noteEvent(
    act,
    'dispute.resolved',
    `The dispute of ${invoiceNumber} is ${how.status}: ${how.reason}`,
    { disputeId, invoiceNumber, customerNumber, code, ...how },
  )
  return dispute
}
