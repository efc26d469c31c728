import { activeHolds, mayPass, type OrderState, openEach } from '../../canonical/order-state.ts'
import type { OrderStanding } from '../../canonical/views/order-story.ts'
import type { FlowSetting } from '../../flows/flow-setting.ts'
import type { CheckMoments } from '../../store/reading/order-checks.ts'

type ComesNext = OrderStanding['next'][number]

type Today = Pick<FlowSetting, 'now' | 'today'>

const step = (text: string): ComesNext => ({ text, on: null, at: null })

function nextStep(order: OrderState): ComesNext[] {
  const { stage } = order
  switch (stage) {
    case 'received':
      return [step('It is checked.')]
    case 'validated':
    case 'held':
      return mayPass(order, 'release')
        ? [step('It goes to the ERP.')]
        : [step('It goes to the ERP as soon as nothing holds its release.')]
    case 'ready':
      return [step('It goes to the ERP.')]
    case 'released':
      return [step('The warehouse is asked to pick what is there.')]
    case 'picking':
      return [step('The warehouse picks and sends it; what leaves is billed.')]
    case 'shipped':
      return [step('What has left is billed.')]
    case 'invoiced':
      return [step('The customer pays.')]
    case 'paid':
      return [step('It is closed.')]
    case 'closed':
    case 'cancelled':
    case 'rejected':
      return []
  }
}

const targets: Readonly<Record<string, string>> = {
  acknowledge: 'acknowledged',
  release: 'released',
  ship: 'on its way',
}

function promises({ promises: running }: CheckMoments, { now }: Today): ComesNext[] {
  return running.map(({ target, breachAt, isResting }) => ({
    text: `${breachAt < now ? 'Promised by then and not kept' : 'Promised by then'}: ${targets[target] ?? target}${isResting ? ' (rests while it waits for the customer)' : ''}.`,
    on: null,
    at: breachAt,
  }))
}

function deliveries({ lines, stage }: OrderState, { today }: Today): ComesNext[] {
  if (stage === 'cancelled' || stage === 'rejected') return []
  const waiting = lines.filter((line) => openEach(line) > 0)
  const days = [...new Set(waiting.flatMap(({ promisedOn }) => promisedOn ?? []))].sort()
  return days.slice(0, 3).map((on) => {
    const names = waiting.filter(({ promisedOn }) => promisedOn === on).map(({ line }) => line)
    const what = names.length === 1 ? `line ${names[0]}` : `${names.length} lines`
    const past = on < today ? 'Was promised to the customer' : 'Promised to the customer'
    return { text: `${past}: ${what}.`, on, at: null }
  })
}

function dues({ invoices }: OrderState, { today }: Today): ComesNext[] {
  return invoices
    .filter(({ openMinor }) => openMinor > 0)
    .slice(0, 3)
    .map(({ invoiceNumber, dueOn }) => ({
      text: `Invoice ${invoiceNumber} ${dueOn < today ? 'was' : 'is'} due.`,
      on: dueOn,
      at: null,
    }))
}

function ends(order: OrderState): ComesNext[] {
  return activeHolds(order).flatMap(({ type, expiresAt, timedOutAt }) => {
    if (expiresAt === undefined || timedOutAt !== undefined) return []
    const what =
      type === 'CANCEL_WINDOW'
        ? 'The time in which the buyer may cancel ends.'
        : `The time of the hold ${type} is up; that does not lift it.`
    return { text: what, on: null, at: expiresAt }
  })
}

const moment = ({ at, on }: ComesNext) => at ?? on ?? ''

/** What comes next on an order's way, then every date that is known, the nearest first. */
export function comesNext(order: OrderState, moments: CheckMoments, today: Today): ComesNext[] {
  const dated = [
    ...ends(order),
    ...promises(moments, today),
    ...deliveries(order, today),
    ...dues(order, today),
  ]
  return [...nextStep(order), ...dated.toSorted((a, b) => moment(a).localeCompare(moment(b)))]
}
