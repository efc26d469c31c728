import type { BusinessCalendar } from '../../canonical/business-calendar.ts'
import type { ContactChannel, DunningLevel } from '../../canonical/collections.ts'
import type { Alternative, Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate, IsoMoment } from '../../canonical/document.ts'
import type { Customer } from '../../canonical/master-data.ts'
import { type MinorUnits, moneyText } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { type Ageing, ageingOf, type Bucket, bucketOf } from './ageing.ts'
import { type ContactLeave, contactLeave } from './contact-limits.ts'
import { type LadderStep, ladderStep } from './ladder.ts'
import { type ClaimRow, type CustomerLedger, claimRows } from './ledger.ts'
import { type NetCollectable, netCollectable } from './net-collectable.ts'
import { type OwnOdds, type Priority, priorityOf } from './priority.ts'
import { type RightContact, rightContact } from './right-contact.ts'
import type { CollectionsSettings, LadderAct } from './settings.ts'

/** What is to be done about a customer's debt now. */
type CaseKind =
  | LadderAct
  | 'nothing-due'
  | 'automation-off'
  | 'clear-cash-first'
  | 'too-small'
  | 'person-first'
  | 'wait'

/** The decision about one customer in one currency, with everything it rests on. */
export type CollectionCase = PolicyDecision<CaseKind> & {
  readonly level: DunningLevel | null
  readonly levelByDays: DunningLevel | null
  readonly lastLevel: DunningLevel | null
  readonly tone: LadderStep['tone']
  /** What the ladder would have done now, whatever else speaks against it. */
  readonly dueAct: LadderAct | null
  /** It waits for the hour and for nothing else. */
  readonly isOnlyHours: boolean
  readonly oldestDays: number | null
  readonly bucket: Bucket
  readonly channel: ContactChannel
  readonly notBefore?: IsoMoment
  readonly contact?: Customer['contacts'][number]
  readonly net: Omit<NetCollectable, 'evidence'>
  readonly priorityMinor: MinorUnits
  readonly ageing: Ageing
  /** What a message would be about: the late rows, or those due soon. */
  readonly rows: readonly ClaimRow[]
}

/** The surroundings of a decision. */
export type CaseSetting = {
  readonly asOf: IsoDate
  readonly now: IsoMoment
  /** The contact hours where the customer is. */
  readonly calendar: BusinessCalendar
  readonly odds: readonly OwnOdds[]
  readonly policy: PolicyInForce<CollectionsSettings>
}

type Findings = {
  readonly ledger: CustomerLedger
  readonly step: LadderStep
  readonly net: NetCollectable
  readonly leave: ContactLeave
  readonly right: RightContact
}

type Verdict = Pick<CollectionCase, 'decision' | 'kind'> & {
  readonly evidence: readonly Evidence[]
  readonly alternatives?: readonly Alternative[]
}

/** The credits of a customer are an act of their own; its money is put to invoices with the payments. */
function applyCredit(
  { customerNumber, currency, creditsMinor }: CustomerLedger,
  { openMinor }: NetCollectable,
): Alternative[] {
  const amountMinor = Math.min(creditsMinor, openMinor)
  if (amountMinor <= 0) return []
  return [
    {
      candidateId: `apply-credit:${customerNumber}:${currency}`,
      kind: 'apply-credit',
      text: `Put ${moneyText(amountMinor, currency)} of open credits to the invoices they were made for, then to what is due longest.`,
      ...{ amountMinor, currency },
    },
  ]
}

function clearFirst({ ledger, net }: Findings): Verdict {
  const { customerNumber, currency, unappliedMinor, creditsMinor } = ledger
  const ownMinor = unappliedMinor + creditsMinor
  if (ownMinor <= 0) return { decision: 'refuse', kind: 'too-small', evidence: [] }
  const text = `Put ${moneyText(Math.min(ownMinor, net.openMinor), currency)} of unapplied cash and credits to the open invoices first.`
  return {
    decision: 'propose',
    kind: 'clear-cash-first',
    evidence: [{ weighs: 'for', text }],
    alternatives: [
      ...applyCredit(ledger, net),
      {
        candidateId: `clear-cash:${customerNumber}:${currency}`,
        kind: 'clear-cash',
        text,
        amountMinor: Math.min(ownMinor, net.openMinor),
        currency,
      },
    ],
  }
}

function creditReview({ ledger, net }: Findings): Alternative {
  const { customerNumber, currency } = ledger
  return {
    candidateId: `credit-review:${customerNumber}:${currency}`,
    kind: 'credit-hold-review',
    text: `Review the credit of ${ledger.name}: hold new orders until ${moneyText(net.netMinor, currency)} are paid.`,
    amountMinor: net.netMinor,
    currency,
  }
}

function actVerdict(findings: Findings, act: LadderAct): Verdict {
  const isFinal = act === 'final-notice' || act === 'escalation'
  return {
    decision: 'propose',
    kind: act,
    evidence:
      act === 'escalation'
        ? [{ weighs: 'note', text: 'Agency or court is decided by people only.' }]
        : [],
    alternatives: isFinal ? [creditReview(findings)] : [],
  }
}

function verdictOf(findings: Findings): Verdict {
  const { step, net, leave, right } = findings
  const { act } = step
  if (act === null) return { decision: 'refuse', kind: 'nothing-due', evidence: [] }
  if (leave.status === 'off')
    return { decision: 'hold', kind: 'automation-off', evidence: leave.evidence }
  if (!net.isWorthwhile) return clearFirst(findings)
  const isHeld = leave.status === 'person' || (step.isForPerson && act !== 'escalation')
  if (isHeld) return { decision: 'hold', kind: 'person-first', evidence: leave.evidence }
  if (act !== 'escalation' && right.contact === undefined)
    return { decision: 'hold', kind: 'person-first', evidence: leave.evidence }
  if (leave.status === 'wait') return { decision: 'hold', kind: 'wait', evidence: leave.evidence }
  return actVerdict(findings, act)
}

function urgencies(
  { ledger, step }: Pick<Findings, 'ledger' | 'step'>,
  settings: CollectionsSettings,
): string[] {
  const { blockedOrders } = ledger
  const { daysToFinalNotice, level } = step
  return [
    ...(blockedOrders.length === 0
      ? []
      : [`New orders wait for the money: ${blockedOrders.slice(0, 5).join(', ')}.`]),
    ...(level !== null &&
    daysToFinalNotice !== null &&
    daysToFinalNotice <= settings.finalNoticeNearDays
      ? [`The final notice is ${daysToFinalNotice} days away.`]
      : []),
  ]
}

// Courtesy is about what falls due soon; everything above it is about what is late.
function rowsMeant(rows: readonly ClaimRow[], step: LadderStep): ClaimRow[] {
  if (step.level !== 0) return rows.filter((row) => row.daysPastDue > 0)
  const soonest = step.oldestDays ?? 0
  return rows.filter((row) => row.daysPastDue >= Math.min(soonest, 0) && row.daysPastDue <= 0)
}

function prioritise(
  ledger: CustomerLedger,
  step: LadderStep,
  net: NetCollectable,
  { odds, policy: { settings } }: CaseSetting,
): Priority & { bucket: Bucket } {
  const bucket = bucketOf(step.oldestDays ?? 0, settings.bucketDays)
  const { currency, segment } = ledger
  const urgentBecause = urgencies({ ledger, step }, settings)
  const facts = { netMinor: net.netMinor, currency, segment, bucket, urgentBecause }
  return { bucket, ...priorityOf(facts, odds, settings) }
}

/**
 * Decides what is to be done about one customer in one currency: the step of the ladder that is due, whether it
 * may be taken now, to whom, and how much a contact is worth. Nothing is sent by it: a contact is a proposal.
 */
export function collectionCase(ledger: CustomerLedger, setting: CaseSetting): CollectionCase {
  const { asOf, now, calendar, policy } = setting
  const { settings, version } = policy
  const rows = claimRows(ledger, asOf)
  const step = ladderStep({ ...ledger, rows, asOf }, settings)
  const meant = rowsMeant(rows, step)
  const net = netCollectable(meant, ledger, settings)
  const leave = contactLeave(ledger, { now, today: asOf, calendar }, settings)
  const channel = step.act === 'call' ? 'phone' : 'email'
  const right = rightContact(
    ledger.contacts,
    { level: step.level ?? 0, channel, contactsMade: ledger.contactsMade },
    settings,
  )
  const { evidence: netEvidence, ...amounts } = net
  const { bucket, valueMinor, evidence: valueEvidence } = prioritise(ledger, step, net, setting)
  const {
    decision,
    kind,
    evidence,
    alternatives = [],
  } = verdictOf({
    ledger,
    step,
    net,
    leave,
    right,
  })
  const isDue = step.act !== null
  return {
    decision,
    kind,
    level: step.level,
    levelByDays: step.levelByDays,
    lastLevel: step.lastLevel,
    tone: step.tone,
    dueAct: step.act,
    isOnlyHours: kind === 'wait' && leave.isOnlyHours,
    oldestDays: step.oldestDays,
    bucket,
    channel,
    ...(kind === 'wait' && leave.notBefore !== undefined ? { notBefore: leave.notBefore } : {}),
    ...(isDue && right.contact !== undefined ? { contact: right.contact } : {}),
    net: amounts,
    priorityMinor: isDue ? valueMinor : 0,
    ageing: ageingOf(rows, ledger, settings.bucketDays),
    rows: meant,
    money: { amountMinor: net.netMinor, currency: ledger.currency },
    evidence: [
      ...evidence,
      ...step.evidence,
      ...(isDue ? [...netEvidence, ...right.evidence, ...valueEvidence] : []),
    ],
    alternatives,
    policyVersion: version,
  }
}
