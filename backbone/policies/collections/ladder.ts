import type { ContactMade, DunningLevel } from '../../canonical/collections.ts'
import type { Evidence } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { type Currency, minorFromText } from '../../canonical/money.ts'
import { type ClaimRow, daysBetween } from './ledger.ts'
import type { CollectionsSettings, LadderAct } from './settings.ts'

/** What the level of a customer depends on. */
export type LadderFacts = {
  readonly segment: string
  readonly currency: Currency
  /** The oldest first. */
  readonly rows: readonly ClaimRow[]
  readonly contactsMade: readonly ContactMade[]
  readonly brokenOn: readonly IsoDate[]
  readonly customerSince?: IsoDate
  readonly asOf: IsoDate
}

/** The step of the ladder that is due: none while nothing is late enough. */
export type LadderStep = {
  readonly level: DunningLevel | null
  readonly act: LadderAct | null
  /** The level the days alone would give. */
  readonly levelByDays: DunningLevel | null
  readonly lastLevel: DunningLevel | null
  readonly oldestDays: number | null
  readonly tone: 'softest' | 'friendly' | 'firm' | 'final'
  /** A person looks first. */
  readonly isForPerson: boolean
  /** Days until the final notice by days alone; null when it has passed or the ladder has none. */
  readonly daysToFinalNotice: number | null
  readonly evidence: readonly Evidence[]
}

type Rungs = CollectionsSettings['ladders'][string]

function ladderOf(segment: string, settings: CollectionsSettings): Rungs {
  return settings.ladders[segment] ?? settings.ladders[settings.fallbackSegment] ?? []
}

const byLevel = (rungs: Rungs): Rungs => rungs.toSorted((a, b) => a.level - b.level)

/** The contacts about what is still open: a contact about debts that are paid since gives no level. */
function contactsOf({ contactsMade, rows, currency }: LadderFacts): ContactMade[] {
  return contactsMade
    .filter(
      (contact) =>
        contact.currency === currency &&
        !contact.isReply &&
        contact.outcome !== 'bounced' &&
        contact.level > 0,
    )
    .filter((contact) =>
      rows.some((row) =>
        contact.invoiceNumbers.length === 0
          ? row.dueOn < contact.madeOn
          : contact.invoiceNumbers.includes(row.invoiceNumber) && row.dueOn < contact.madeOn,
      ),
    )
    .toSorted((a, b) => (a.madeAt < b.madeAt ? 1 : -1))
}

/** Since when the customer has been at its last level. */
function roseOn(contacts: readonly ContactMade[]): IsoDate | undefined {
  const last = contacts[0]?.level
  const below = contacts.findIndex((contact) => contact.level !== last)
  return contacts[below === -1 ? contacts.length - 1 : below - 1]?.madeOn
}

const note = (weighs: Evidence['weighs'], text: string, values?: Evidence['values']): Evidence => ({
  weighs,
  text,
  ...(values === undefined ? {} : { values }),
})

type Rise = { level: DunningLevel; evidence: Evidence[]; isForPerson: boolean }

function brokenRise(level: DunningLevel, facts: LadderFacts, settings: CollectionsSettings): Rise {
  const { count, withinDays } = settings.brokenPromises
  const broken = facts.brokenOn.filter((on) => daysBetween(on, facts.asOf) <= withinDays).length
  if (broken < count) return { level, evidence: [], isForPerson: false }
  const raised = Math.min(level + 1, 5)
  return {
    level: raised,
    isForPerson: true,
    evidence: [
      note(
        'for',
        `${broken} promises were broken within ${withinDays} days: one level more, and a person decides.`,
        { broken, withinDays },
      ),
    ],
  }
}

function cappedLevel(
  levelByDays: DunningLevel,
  contacts: readonly ContactMade[],
  facts: LadderFacts,
  settings: CollectionsSettings,
): Rise {
  const last = contacts[0]?.level ?? 0
  const step = Math.min(levelByDays, last + 1)
  const skipped =
    step < levelByDays
      ? [
          note(
            'against',
            last === 0
              ? `Days alone give level ${levelByDays}, but nobody has written about these rows yet: the first contact is level 1.`
              : `Days alone give level ${levelByDays}, but the last level sent is ${last}: no level is skipped.`,
            { levelByDays, lastLevel: last },
          ),
        ]
      : []
  const { level, evidence, isForPerson } = brokenRise(step, facts, settings)
  const since = roseOn(contacts)
  const restedDays = since === undefined ? undefined : daysBetween(since, facts.asOf)
  if (level <= last || restedDays === undefined || restedDays >= settings.riseEveryDays)
    return { level, evidence: [...skipped, ...evidence], isForPerson }
  return {
    level: last,
    isForPerson,
    evidence: [
      ...skipped,
      ...evidence,
      note(
        'against',
        `The level rose to ${last} on ${since}, ${restedDays} days ago; it rises at most once in ${settings.riseEveryDays} days.`,
        { restedDays, riseEveryDays: settings.riseEveryDays },
      ),
    ],
  }
}

function isNewCustomer(facts: LadderFacts, settings: CollectionsSettings): boolean {
  const { customerSince, asOf } = facts
  return (
    customerSince !== undefined &&
    daysBetween(customerSince, asOf) <= settings.newCustomerDays &&
    !facts.contactsMade.some((contact) => contact.level > 0)
  )
}

const tones = ['softest', 'friendly', 'firm', 'firm', 'final', 'final'] as const

const noStep = {
  level: null,
  act: null,
  levelByDays: null,
  lastLevel: null,
  tone: 'softest',
  isForPerson: false,
} as const

/** Before anything is late: a courtesy note for what is due soon, large amounts only where the policy says so. */
function courtesyStep(facts: LadderFacts, rungs: Rungs, settings: CollectionsSettings): LadderStep {
  const soonest = facts.rows.find((row) => row.claimMinor > 0)
  const none = {
    ...noStep,
    oldestDays: soonest?.daysPastDue ?? null,
    daysToFinalNotice: null,
  }
  const rung = rungs.find(({ level }) => level === 0)
  if (soonest === undefined)
    return { ...none, evidence: [note('against', 'Nothing is open that may be asked for.')] }
  const isSoon = rung !== undefined && soonest.daysPastDue >= rung.daysPastDue
  if (!isSoon)
    return {
      ...none,
      evidence: [note('against', `The oldest row is due on ${soonest.dueOn}: nothing is late.`)],
    }
  const { courtesyLargeOnly, largeAmount } = settings
  const isLarge = soonest.claimMinor >= minorFromText(largeAmount, facts.currency)
  if (courtesyLargeOnly.includes(facts.segment) && !isLarge)
    return {
      ...none,
      evidence: [
        note('against', `Segment ${facts.segment} gets the courtesy note for large amounts only.`),
      ],
    }
  const wasTold = facts.contactsMade.some(
    (contact) => contact.level === 0 && contact.invoiceNumbers.includes(soonest.invoiceNumber),
  )
  if (wasTold)
    return {
      ...none,
      evidence: [note('against', `The courtesy note about ${soonest.invoiceNumber} was sent.`)],
    }
  return {
    ...none,
    level: 0,
    act: 'courtesy',
    levelByDays: 0,
    evidence: [
      note('for', `${soonest.invoiceNumber} is due on ${soonest.dueOn}: a courtesy note may go.`),
    ],
  }
}

function lateStep(facts: LadderFacts, oldest: ClaimRow, settings: CollectionsSettings): LadderStep {
  const isNew = isNewCustomer(facts, settings)
  const rungs = byLevel(ladderOf(facts.segment, settings)).filter(({ level }) => level > 0)
  const reached = rungs.filter(({ daysPastDue }) => oldest.daysPastDue >= daysPastDue)
  const levelByDays = reached.at(-1)?.level
  const finalOn = rungs.find(({ act }) => act === 'final-notice')?.daysPastDue
  const daysToFinalNotice =
    finalOn === undefined || finalOn <= oldest.daysPastDue ? null : finalOn - oldest.daysPastDue
  const base = { oldestDays: oldest.daysPastDue, daysToFinalNotice }
  const contacts = contactsOf(facts)
  const lastLevel = contacts[0]?.level ?? null
  const about = note(
    'note',
    `The oldest undisputed row is ${oldest.invoiceNumber} (part ${oldest.instalment}), due ${oldest.dueOn}, ${oldest.daysPastDue} days past due; the ladder is that of segment ${facts.segment}.`,
    { oldestDays: oldest.daysPastDue, segment: facts.segment },
  )
  if (levelByDays === undefined)
    return {
      ...noStep,
      ...base,
      lastLevel,
      evidence: [
        about,
        note('against', `Level 1 begins ${rungs[0]?.daysPastDue ?? 0} days past due.`),
      ],
    }
  const capped = cappedLevel(levelByDays, contacts, facts, settings)
  const level = isNew ? Math.min(capped.level, 1) : capped.level
  const act = rungs.findLast((rung) => rung.level <= level)?.act ?? 'message'
  return {
    ...base,
    level,
    act,
    levelByDays,
    lastLevel,
    tone: isNew ? 'softest' : (tones[level] ?? 'final'),
    isForPerson: capped.isForPerson || act === 'escalation',
    evidence: [
      about,
      ...capped.evidence,
      ...(isNew
        ? [note('note', 'It is the first time this new customer is late: the softest tone.')]
        : []),
      note('for', `Level ${level} is due.`, { level, levelByDays, lastLevel }),
    ],
  }
}

/**
 * The level of a customer: by the days of its oldest row that is neither disputed nor promised, but never more
 * than one above the last level sent, never rising twice within a week, and back down when that row is paid.
 */
export function ladderStep(facts: LadderFacts, settings: CollectionsSettings): LadderStep {
  const oldest = facts.rows.find((row) => row.claimMinor > 0)
  const rungs = ladderOf(facts.segment, settings)
  return oldest === undefined || oldest.daysPastDue <= 0
    ? courtesyStep(facts, rungs, settings)
    : lateStep(facts, oldest, settings)
}
