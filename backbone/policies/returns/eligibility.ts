import { addDays } from '../../canonical/calendar.ts'
import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { ReturnCondition } from '../../canonical/views/return-view.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { ReturnsSettings } from './returns-policy.ts'

/** One line a customer wants to send back, with what is known of its sale. */
export type ReturnRequestLine = {
  readonly line: string
  readonly sku?: string
  readonly productClass?: string
  readonly reason: string
  readonly condition: ReturnCondition
  readonly quantityEach: number
  readonly invoicedEach: number
  /** Of earlier returns that were not turned down. */
  readonly returnedEach: number
  /** The day the goods came to the customer; the invoice's day where no delivery was reported. */
  readonly deliveredOn: IsoDate
  readonly requestedOn: IsoDate
}

/** Why a line may not come back. */
type ReturnRefusal =
  | 'UNKNOWN_REASON'
  | 'CUSTOMER_EXCLUDED'
  | 'ITEM_EXCLUDED'
  | 'TOO_MANY'
  | 'OUTSIDE_WINDOW'
  | 'CONDITION_NOT_TAKEN'

/** Whether a line may come back; every reason against it is listed, the kind is the first of them. */
export type EligibilityDecision = PolicyDecision<'ELIGIBLE' | ReturnRefusal> & {
  readonly failing: readonly ReturnRefusal[]
  /** X12 element 426 of the reason, where it has one. */
  readonly disputeCode?: string
}

type Check = {
  readonly refusal: ReturnRefusal
  readonly isPassed: boolean
  readonly evidence: Evidence
}

type Reason = ReturnsSettings['reasons'][string]

const weighing = (isPassed: boolean): Evidence['weighs'] => (isPassed ? 'for' : 'against')

function check(
  refusal: ReturnRefusal,
  isPassed: boolean,
  evidence: Omit<Evidence, 'weighs'>,
): Check {
  return { refusal, isPassed, evidence: { weighs: weighing(isPassed), ...evidence } }
}

function itemCheck(line: ReturnRequestLine, settings: ReturnsSettings, isOurFault: boolean): Check {
  const isExcluded =
    (line.sku !== undefined && settings.excludedSkus.includes(line.sku)) ||
    (line.productClass !== undefined && settings.excludedClasses.includes(line.productClass))
  const name = line.sku ?? `line ${line.line}`
  return check('ITEM_EXCLUDED', !isExcluded || isOurFault, {
    text: !isExcluded
      ? `${name} may be returned.`
      : isOurFault
        ? `${name} is not taken back, but the fault is ours.`
        : `${name} is not taken back.`,
  })
}

function windowCheck(
  line: ReturnRequestLine,
  settings: ReturnsSettings,
  isOurFault: boolean,
): Check {
  const windowDays = isOurFault ? settings.faultWindowDays : settings.windowDays
  const lastDay = addDays(line.deliveredOn, windowDays)
  const isPassed = line.requestedOn <= lastDay
  return check('OUTSIDE_WINDOW', isPassed, {
    text: isPassed
      ? `Asked for on ${line.requestedOn}, within the ${windowDays} days that end on ${lastDay}.`
      : `Asked for on ${line.requestedOn}; the ${windowDays} days after delivery on ${line.deliveredOn} ended on ${lastDay}.`,
    values: { windowDays, lastDay, deliveredOn: line.deliveredOn },
  })
}

function quantityCheck({ quantityEach, invoicedEach, returnedEach }: ReturnRequestLine): Check {
  const leftEach = Math.max(0, invoicedEach - returnedEach)
  const isPassed = quantityEach > 0 && quantityEach <= leftEach
  return check('TOO_MANY', isPassed, {
    text: isPassed
      ? `${quantityEach} of the ${leftEach} that were billed and have not come back.`
      : `${quantityEach} cannot come back: ${invoicedEach} were billed and ${returnedEach} are returned or on their way.`,
    values: { quantityEach, invoicedEach, returnedEach },
  })
}

function conditionCheck(line: ReturnRequestLine, settings: ReturnsSettings, isOurFault: boolean) {
  const isPassed = isOurFault || settings.conditions.includes(line.condition)
  return check('CONDITION_NOT_TAKEN', isPassed, {
    text: isOurFault
      ? `Taken back in any condition, because the fault is ours.`
      : isPassed
        ? `Taken back ${line.condition}.`
        : `Taken back ${settings.conditions.join(' or ')} only, not ${line.condition}.`,
    values: { condition: line.condition },
  })
}

function checksOf(line: ReturnRequestLine, settings: ReturnsSettings, reason: Reason): Check[] {
  const { isOurFault } = reason
  return [
    check('CUSTOMER_EXCLUDED', settings.isAccepted || isOurFault, {
      text: settings.isAccepted
        ? 'Returns are accepted of this customer.'
        : 'No returns are accepted of this customer unless the fault is ours.',
    }),
    itemCheck(line, settings, isOurFault),
    quantityCheck(line),
    windowCheck(line, settings, isOurFault),
    conditionCheck(line, settings, isOurFault),
  ]
}

/** Decides whether a line may come back: reason, customer, product, quantity, window and condition, all of them. */
export function returnEligibility(
  line: ReturnRequestLine,
  { settings, version }: PolicyInForce<ReturnsSettings>,
): EligibilityDecision {
  const reason = settings.reasons[line.reason]
  const checks =
    reason === undefined
      ? [
          check('UNKNOWN_REASON', false, {
            text: `${line.reason} is no reason we know; known are ${Object.keys(settings.reasons).join(', ')}.`,
          }),
          quantityCheck(line),
        ]
      : checksOf(line, settings, reason)
  const failing = checks.flatMap(({ isPassed, refusal }) => (isPassed ? [] : [refusal]))
  const [first] = failing
  return {
    decision: first === undefined ? 'propose' : 'refuse',
    kind: first ?? 'ELIGIBLE',
    evidence: checks.map(({ evidence }) => evidence),
    alternatives: [],
    policyVersion: version,
    failing,
    ...(reason?.disputeCode === undefined ? {} : { disputeCode: reason.disputeCode }),
  }
}
