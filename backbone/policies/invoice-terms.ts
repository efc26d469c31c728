import { addDays } from '../canonical/calendar.ts'
import type { IsoDate, PaymentTerms } from '../canonical/document.ts'
import { allocateMinor, type MinorUnits, percentOfMinor } from '../canonical/money.ts'

/** When an invoice is due as a whole, and the discount for paying early. */
export type DueTerms = {
  readonly dueOn: IsoDate
  readonly discountUntil?: IsoDate
  readonly discountMinor: MinorUnits
}

/** A part of an invoice with its own due date; an invoice without instalments has one. */
export type ScheduleRow = {
  /** Counts from 1 in the order of the due dates. */
  readonly instalment: number
  readonly dueOn: IsoDate
  readonly amountMinor: MinorUnits
}

function dayOfMonth(year: number, month: number, day: number): IsoDate {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(day, last))).toISOString().slice(0, 10)
}

const placeOf = (date: IsoDate) => {
  const moment = new Date(`${date}T00:00:00Z`)
  return { year: moment.getUTCFullYear(), month: moment.getUTCMonth(), day: moment.getUTCDate() }
}

function endOfMonth(date: IsoDate): IsoDate {
  const { year, month } = placeOf(date)
  return dayOfMonth(year, month, 31)
}

function dueDate(invoicedOn: IsoDate, terms: PaymentTerms): IsoDate {
  const { proximo, netDays = 30 } = terms
  if (proximo !== undefined) {
    const { year, month, day } = placeOf(invoicedOn)
    const isLate = proximo.cutOffDay !== undefined && day > proximo.cutOffDay
    return dayOfMonth(year, month + proximo.months + (isLate ? 1 : 0), proximo.dayOfMonth)
  }
  // "30 EOM": 30 days after the end of the month; without days it is the end itself.
  if (terms.endOfMonth === 'from') return addDays(endOfMonth(invoicedOn), terms.netDays ?? 0)
  const due = addDays(invoicedOn, netDays)
  return terms.endOfMonth === 'to' ? endOfMonth(due) : due
}

/**
 * The parts in which an invoice is due: net days, end of month, proximo (the 15th of the next month) or
 * instalments, whose amounts sum to the total to the cent. Day 0 is the invoice date; 30 days without terms.
 */
export function paymentSchedule(
  invoicedOn: IsoDate,
  totalMinor: MinorUnits,
  terms: PaymentTerms,
): ScheduleRow[] {
  const { instalments } = terms
  if (instalments === undefined || instalments.length === 0)
    return [{ instalment: 1, dueOn: dueDate(invoicedOn, terms), amountMinor: totalMinor }]
  const amounts = allocateMinor(
    totalMinor,
    instalments.map(({ percent }) => Number(percent)),
  )
  return instalments
    .map(({ netDays }, place) => ({ netDays, amountMinor: amounts[place] ?? 0 }))
    .sort((a, b) => a.netDays - b.netDays)
    .map(({ netDays, amountMinor }, place) => ({
      instalment: place + 1,
      dueOn: addDays(invoicedOn, netDays),
      amountMinor,
    }))
}

/**
 * What is still open of each part once an invoice has so much left to pay: money goes to the oldest parts
 * first. Parts that are paid are left out, so that nobody is asked for them again.
 */
export function openSchedule(
  schedule: readonly ScheduleRow[],
  openMinor: MinorUnits,
): (ScheduleRow & { readonly openMinor: MinorUnits })[] {
  const totalMinor = schedule.reduce((sum, row) => sum + row.amountMinor, 0)
  let paidMinor = Math.max(0, totalMinor - openMinor)
  return schedule.flatMap((row) => {
    const coveredMinor = Math.min(paidMinor, row.amountMinor)
    paidMinor -= coveredMinor
    const leftMinor = row.amountMinor - coveredMinor
    return leftMinor > 0 ? [{ ...row, openMinor: leftMinor }] : []
  })
}

/**
 * Works out when the whole of an invoice is due (with instalments: the last one) and the discount of terms such
 * as 2/10 net 30; day 0 is the invoice date; 30 days without terms.
 */
export function dueTerms(
  invoicedOn: IsoDate,
  totalMinor: MinorUnits,
  terms: PaymentTerms,
): DueTerms {
  const dueOn =
    paymentSchedule(invoicedOn, totalMinor, terms).at(-1)?.dueOn ?? dueDate(invoicedOn, terms)
  if (terms.discountPercent === undefined || terms.discountDays === undefined)
    return { dueOn, discountMinor: 0 }
  return {
    dueOn,
    discountUntil: addDays(invoicedOn, terms.discountDays),
    discountMinor: percentOfMinor(totalMinor, terms.discountPercent),
  }
}
