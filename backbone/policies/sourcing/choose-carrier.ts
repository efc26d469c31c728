import { addDays } from '../../canonical/calendar.ts'
import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { SourcingSettings } from './sourcing-policy.ts'

/** A carrier's service on a lane: its cost, and how many of its deliveries took how many days. */
export type CarrierOption = {
  readonly laneId: string
  readonly carrier: string
  readonly service: string
  readonly currency: Currency
  readonly costMinor: MinorUnits
  readonly transits: readonly { readonly days: number; readonly deliveries: number }[]
  /** The day its history was counted. */
  readonly asOf: IsoDate
}

/** What is to be brought where by when. */
export type CarrierNeed = {
  readonly shipOn: IsoDate
  readonly promisedOn: IsoDate
  readonly currency: Currency
}

/** A service with its chance to keep the day, and why it is not the one. */
type JudgedCarrier = {
  readonly laneId: string
  readonly carrier: string
  readonly service: string
  readonly costMinor: MinorUnits
  readonly currency: Currency
  readonly deliveries: number
  /** Share of the lane's deliveries that would have kept the promised day; null without history. */
  readonly chance: number | null
  /** The day by which nine of ten (the policy's share) of its deliveries have arrived. */
  readonly likelyOn: IsoDate | null
  readonly whyNot?: string
}

/** The cheapest service that keeps the promise, and what stands against each other one. */
export type CarrierDecision = PolicyDecision<'CARRIER_CHOSEN' | 'NO_CARRIER_KEEPS_PROMISE'> & {
  readonly options: readonly JudgedCarrier[]
}

const dayMs = 86_400_000
const daysFrom = (from: IsoDate, to: IsoDate): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
const percentText = (share: number): string => `${Math.round(share * 1_000) / 10} %`

function likelyDays({ transits }: CarrierOption, share: number): number | undefined {
  const all = transits.reduce((sum, { deliveries }) => sum + deliveries, 0)
  let soFar = 0
  for (const { days, deliveries } of transits.toSorted((a, b) => a.days - b.days)) {
    soFar += deliveries
    if (soFar >= all * share && all > 0) return days
  }
  return undefined
}

function problemOf(
  judged: Omit<JudgedCarrier, 'whyNot'>,
  need: CarrierNeed,
  settings: SourcingSettings,
): string | undefined {
  const { currency, deliveries, chance } = judged
  const { lanePromiseShare, laneMinimumDeliveries } = settings
  if (currency !== need.currency)
    return `Its cost is in ${currency}; nothing is converted without a stored rate.`
  if (chance === null || deliveries < laneMinimumDeliveries)
    return `Only ${deliveries} deliveries are known on this lane; ${laneMinimumDeliveries} are needed to tell.`
  if (chance < lanePromiseShare)
    return `${percentText(chance)} of its ${deliveries} deliveries would have arrived by ${need.promisedOn}; ${percentText(lanePromiseShare)} are needed.`
  return undefined
}

function judge(
  option: CarrierOption,
  need: CarrierNeed,
  settings: SourcingSettings,
): JudgedCarrier {
  const { transits, laneId, carrier, service, costMinor, currency } = option
  const deliveries = transits.reduce((sum, transit) => sum + transit.deliveries, 0)
  const daysLeft = daysFrom(need.shipOn, need.promisedOn)
  const inTime = transits
    .filter(({ days }) => days <= daysLeft)
    .reduce((sum, transit) => sum + transit.deliveries, 0)
  const days = likelyDays(option, settings.lanePromiseShare)
  const judged = {
    laneId,
    carrier,
    service,
    costMinor,
    currency,
    deliveries,
    chance: deliveries === 0 ? null : inTime / deliveries,
    likelyOn: days === undefined ? null : addDays(need.shipOn, days),
  }
  const whyNot = problemOf(judged, need, settings)
  return whyNot === undefined ? judged : { ...judged, whyNot }
}

const nameOf = ({ carrier, service }: JudgedCarrier): string => `${carrier} ${service}`
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function byCost(a: JudgedCarrier, b: JudgedCarrier): number {
  return (
    a.costMinor - b.costMinor || (b.chance ?? 0) - (a.chance ?? 0) || byText(a.laneId, b.laneId)
  )
}

function compared(option: JudgedCarrier, chosen: JudgedCarrier | undefined): string {
  if (option.whyNot !== undefined || chosen === undefined) return option.whyNot ?? ''
  const more = option.costMinor - chosen.costMinor
  return more === 0
    ? `It costs as much as ${nameOf(chosen)} and keeps the day no better.`
    : `It costs ${moneyText(more, option.currency)} more than ${nameOf(chosen)}.`
}

/** Chooses the cheapest service whose history on the lane gives at least the policy's chance to keep the promise. */
export function chooseCarrier(
  need: CarrierNeed,
  options: readonly CarrierOption[],
  { settings, version }: PolicyInForce<SourcingSettings>,
): CarrierDecision {
  const judged = options.map((option) => judge(option, need, settings)).sort(byCost)
  const chosen = judged.find(({ whyNot }) => whyNot === undefined)
  const shown = judged.map((option) =>
    option === chosen ? option : { ...option, whyNot: compared(option, chosen) },
  )
  const evidence: Evidence[] =
    chosen === undefined
      ? [
          {
            weighs: 'against',
            text: `No service on this lane has a chance of ${percentText(settings.lanePromiseShare)} to arrive by ${need.promisedOn}.`,
          },
        ]
      : [
          {
            weighs: 'for',
            text: `${nameOf(chosen)} for ${moneyText(chosen.costMinor, chosen.currency)} is the cheapest that keeps ${need.promisedOn}: ${percentText(chosen.chance ?? 0)} of its ${chosen.deliveries} deliveries would have.`,
            values: { costMinor: chosen.costMinor, chance: chosen.chance },
          },
        ]
  return {
    decision: chosen === undefined ? 'hold' : 'propose',
    kind: chosen === undefined ? 'NO_CARRIER_KEEPS_PROMISE' : 'CARRIER_CHOSEN',
    evidence,
    ...(chosen === undefined
      ? {}
      : { money: { amountMinor: chosen.costMinor, currency: chosen.currency } }),
    alternatives: shown
      .filter((option) => option.laneId !== chosen?.laneId)
      .map((option) => ({
        candidateId: `carrier:${option.laneId}`,
        kind: 'CARRIER',
        text: `${nameOf(option)} for ${moneyText(option.costMinor, option.currency)}: ${option.whyNot ?? ''}`,
        values: { chance: option.chance, costMinor: option.costMinor },
      })),
    policyVersion: version,
    options: shown,
  }
}

/** A shipment whose carrier says it will be late. */
export type DelayedShipment = CarrierNeed & {
  readonly laneId: string
  readonly delayedUntil: IsoDate
}

/** Whether to stay with a delayed carrier or book another one, with the difference in cost and days. */
export type DelayDecision = PolicyDecision<'KEEP_CARRIER' | 'REBOOK' | 'NO_BETTER_CARRIER'> & {
  readonly extraCostMinor?: MinorUnits
  readonly daysSooner?: number
  readonly rebookTo?: string
}

/**
 * What to do when the booked carrier reports a delay: nothing while the promise holds, else the cheapest other service
 * that would be sooner, with what it costs more and how many days it gains. Above the cost cap a person approves.
 */
export function answerDelay(
  shipment: DelayedShipment,
  options: readonly CarrierOption[],
  policy: PolicyInForce<SourcingSettings>,
): DelayDecision {
  const { laneId, delayedUntil, promisedOn } = shipment
  const base = { alternatives: [], policyVersion: policy.version }
  const delay: Evidence = {
    weighs: 'note',
    text: `The booked carrier reports ${delayedUntil}; promised is ${promisedOn}.`,
    values: { delayedUntil, promisedOn },
  }
  if (delayedUntil <= promisedOn)
    return {
      ...base,
      decision: 'accept',
      kind: 'KEEP_CARRIER',
      evidence: [delay, { weighs: 'for', text: 'The promise still holds.' }],
    }
  const others = options.filter((option) => option.laneId !== laneId)
  const choice = chooseCarrier(shipment, others, policy)
  const next = choice.options.find((option) => option.whyNot === undefined)
  if (next === undefined || next.likelyOn === null || next.likelyOn >= delayedUntil)
    return {
      ...base,
      decision: 'hold',
      kind: 'NO_BETTER_CARRIER',
      evidence: [delay, ...choice.evidence],
      alternatives: choice.alternatives,
    }
  const booked = options.find((option) => option.laneId === laneId)
  return rebooking({ ...base, next, delay, choice }, shipment, booked?.costMinor ?? 0, policy)
}

function rebooking(
  found: {
    readonly next: JudgedCarrier
    readonly delay: Evidence
    readonly choice: CarrierDecision
    readonly policyVersion: string
  },
  { delayedUntil, currency }: DelayedShipment,
  bookedMinor: MinorUnits,
  { settings }: PolicyInForce<SourcingSettings>,
): DelayDecision {
  const { next, delay, choice, policyVersion } = found
  const extraCostMinor = next.costMinor - bookedMinor
  const daysSooner = daysFrom(next.likelyOn ?? delayedUntil, delayedUntil)
  const cap = settings.rebookUpTo[currency]
  const isWithinCap = cap !== undefined && extraCostMinor <= cap
  const capText =
    cap === undefined
      ? 'No extra cost is agreed without a person.'
      : `${isWithinCap ? 'Within' : 'Above'} the ${moneyText(cap, currency)} agreed without a person.`
  return {
    decision: isWithinCap ? 'accept' : 'propose',
    kind: 'REBOOK',
    evidence: [
      delay,
      {
        weighs: 'for',
        text: `${nameOf(next)} would be here ${daysSooner} days sooner and costs ${moneyText(extraCostMinor, currency)} more.`,
        values: { daysSooner, extraCostMinor },
      },
      { weighs: isWithinCap ? 'for' : 'against', text: capText },
    ],
    money: { amountMinor: extraCostMinor, currency },
    alternatives: choice.alternatives,
    policyVersion,
    extraCostMinor,
    daysSooner,
    rebookTo: next.laneId,
  }
}
