import type { PromiseStatus } from '../../canonical/collections.ts'
import type { Evidence } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { CollectionsSettings } from './settings.ts'

/** A promise to pay as it is judged. */
export type JudgedPromise = {
  readonly promiseId: string
  readonly currency: Currency
  readonly amountMinor: MinorUnits
  readonly promisedOn: IsoDate
  readonly settleBy: IsoDate
  readonly recordedOn: IsoDate
  /** Any invoice of the customer when it names none. */
  readonly invoiceNumbers: readonly string[]
  /** Promises kept before take their money first, so that it keeps no second one. */
  readonly status: Extract<PromiseStatus, 'pending' | 'kept'>
}

/** Money of the customer: what of it went to which invoice, and what is still unapplied (`invoiceNumber` absent). */
export type PromiseMoney = {
  readonly bookedOn: IsoDate
  readonly invoiceNumber?: string
  readonly amountMinor: MinorUnits
}

/** What became of a pending promise. */
export type PromiseVerdict = {
  readonly promiseId: string
  readonly status: Extract<PromiseStatus, 'pending' | 'kept' | 'broken'>
  readonly paidMinor: MinorUnits
  readonly evidence: readonly Evidence[]
}

type Piece = { -readonly [Key in keyof PromiseMoney]: PromiseMoney[Key] }

const earlier = (a: JudgedPromise, b: JudgedPromise): number => {
  if (a.status !== b.status) return a.status === 'kept' ? -1 : 1
  if (a.promisedOn !== b.promisedOn) return a.promisedOn < b.promisedOn ? -1 : 1
  return a.promiseId < b.promiseId ? -1 : 1
}

function takeMoney(promise: JudgedPromise, pieces: readonly Piece[]): MinorUnits {
  let takenMinor = 0
  for (const piece of pieces) {
    const { bookedOn, invoiceNumber } = piece
    const isInTime = promise.recordedOn <= bookedOn && bookedOn <= promise.settleBy
    const isForIt =
      promise.invoiceNumbers.length === 0 ||
      invoiceNumber === undefined ||
      promise.invoiceNumbers.includes(invoiceNumber)
    if (!isInTime || !isForIt) continue
    const partMinor = Math.min(promise.amountMinor - takenMinor, piece.amountMinor)
    piece.amountMinor -= partMinor
    takenMinor += partMinor
  }
  return takenMinor
}

function verdictOf(
  promise: JudgedPromise,
  paidMinor: MinorUnits,
  asOf: IsoDate,
  keptPercent: number,
): PromiseVerdict {
  const { promiseId, amountMinor, settleBy, currency } = promise
  const isEnough = paidMinor * 100 >= amountMinor * keptPercent
  const isOver = asOf > settleBy
  const text = `${moneyText(paidMinor, currency)} of ${moneyText(amountMinor, currency)} promised for ${promise.promisedOn} came by ${settleBy < asOf ? settleBy : asOf}`
  const values = { paidMinor, amountMinor, keptPercent, settleBy }
  if (isEnough)
    return {
      promiseId,
      status: 'kept',
      paidMinor,
      evidence: [
        { weighs: 'for', text: `${text}: ${keptPercent} % are enough, it is kept.`, values },
      ],
    }
  if (isOver)
    return {
      promiseId,
      status: 'broken',
      paidMinor,
      evidence: [
        { weighs: 'against', text: `${text}: less than ${keptPercent} %, it is broken.`, values },
      ],
    }
  return {
    promiseId,
    status: 'pending',
    paidMinor,
    evidence: [
      {
        weighs: 'note',
        text: `${text}; it may be kept until ${settleBy}, the grace included.`,
        values,
      },
    ],
  }
}

/**
 * Judges the pending promises of one customer in one currency by the money that came: kept with 95 % of the
 * amount by the promised date and its grace, broken after it, pending until then. No money keeps two promises.
 */
export function judgePromises(
  promises: readonly JudgedPromise[],
  money: readonly PromiseMoney[],
  asOf: IsoDate,
  { promiseKeptPercent }: Pick<CollectionsSettings, 'promiseKeptPercent'>,
): PromiseVerdict[] {
  const pieces = money
    .filter(({ bookedOn }) => bookedOn <= asOf)
    .map((piece) => ({ ...piece }))
    .sort((a, b) => (a.bookedOn < b.bookedOn ? -1 : 1))
  return promises.toSorted(earlier).flatMap((promise) => {
    const paidMinor = takeMoney(promise, pieces)
    return promise.status === 'kept'
      ? []
      : [verdictOf(promise, paidMinor, asOf, promiseKeptPercent)]
  })
}
