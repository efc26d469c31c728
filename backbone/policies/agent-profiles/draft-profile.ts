import type { DraftedProfile, ProfileDraft } from '../../canonical/agent-profile.ts'
import { type ProfileTemplate, profileTemplates } from './profile-templates.ts'

type Because = DraftedProfile['because'][number]
type Reading = { readonly changes: Partial<ProfileDraft>; readonly because: readonly Because[] }

const nothing: Reading = { changes: {}, because: [] }

/** How many of a template's words a goal has, and which. */
function spokenFor({ words }: ProfileTemplate, goal: string): string[] {
  return words.filter((word) => goal.includes(word))
}

const dayTimes: readonly (readonly [RegExp, string])[] = [
  [/\b(every|each|in the) morning\b/, '07:00'],
  [/\b(every|each|at) noon\b/, '12:00'],
  [/\b(every|each|in the) (evening|night)\b/, '18:00'],
  [/\b(daily|every day|each day)\b/, '07:00'],
]

function clockTime(goal: string): { words: string; time: string } | undefined {
  const found = /\b(?:at|by|around) (\d{1,2})(?::(\d\d))?\s*(am|pm)?\b/.exec(goal)
  if (found === null) return undefined
  const [words, hourText = '', minutes = '00', half] = found
  const hour = (Number(hourText) % (half === undefined ? 24 : 12)) + (half === 'pm' ? 12 : 0)
  return Number(minutes) > 59
    ? undefined
    : { words, time: `${String(hour).padStart(2, '0')}:${minutes}` }
}

function timeOf(goal: string): Reading {
  const clock = clockTime(goal)
  const named = dayTimes.find(([pattern]) => pattern.test(goal))
  const words = clock?.words ?? (named === undefined ? undefined : named[0].exec(goal)?.[0])
  const dailyAt = clock?.time ?? named?.[1]
  if (words === undefined || dailyAt === undefined) return nothing
  const text = `It runs every day at ${dailyAt}, in your time zone.`
  return { changes: { dailyAt }, because: [{ setting: 'dailyAt', words, text }] }
}

function eventsOf(goal: string): Reading {
  const words =
    /\b(as soon as|whenever|when an? [a-z ]{0,30}(arrives?|comes?|is held|fails?)|immediately|right away)\b/.exec(
      goal,
    )?.[0]
  if (words === undefined) return nothing
  const text = 'It also runs when a new order is held or a new cause of failures is found.'
  return { changes: { runsOnEvents: true }, because: [{ setting: 'runsOnEvents', words, text }] }
}

const currencies: Readonly<Record<string, string>> = {
  $: 'USD',
  '€': 'EUR',
  '£': 'GBP',
  usd: 'USD',
  eur: 'EUR',
  gbp: 'GBP',
  dollars: 'USD',
  euros: 'EUR',
  euro: 'EUR',
  pounds: 'GBP',
}

const boundPattern =
  /\b(?:up to|under|below|at most|no more than|less than) (?:([$€£]) ?)?(\d[\d.,]*)(k)?(?: ?(usd|eur|gbp|dollars|euros?|pounds))?/g

type MoneyBound = {
  readonly words: string
  readonly amountMinor: number
  readonly currency: string
}

function boundIn([words, sign, digits = '', thousand, code]: RegExpMatchArray): MoneyBound[] {
  const currency = currencies[sign ?? code ?? '']
  if (currency === undefined) return []
  // A dot or comma before exactly three digits parts thousands; before one or two, cents.
  const plain = digits
    .replace(/[.,](?=\d{3}(\D|$))/g, '')
    .replace(',', '.')
    .replace(/\.$/, '')
  const amountMinor = Math.round(Number(plain) * (thousand === undefined ? 100 : 100_000))
  return Number.isSafeInteger(amountMinor) ? [{ words, amountMinor, currency }] : []
}

/** "up to 500 USD", "under $2,000", "at most 1.500 euros": a bound for one proposal. */
const moneyOf = (goal: string): MoneyBound | undefined =>
  [...goal.matchAll(boundPattern)].flatMap(boundIn).at(0)

function countOf(goal: string): { words: string; count: number } | undefined {
  const found =
    /\b(?:up to|at most|no more than) (\d{1,3}) (?:proposals|messages|e-?mails|orders|suggestions)\b/.exec(
      goal,
    )
  return found === null ? undefined : { words: found[0], count: Math.min(200, Number(found[1])) }
}

// What somebody does not want proposed, by the word they would use.
const forbidden: readonly (readonly [RegExp, readonly string[], string])[] = [
  [
    /\b(never|don't|do not|without) (e-?mail|message|writ|contact)[a-z]*/,
    ['send-collections-message'],
    'It writes to nobody.',
  ],
  [/\b(never|don't|do not|without) (releas)[a-z]*/, ['release-hold'], 'It releases no hold.'],
  [
    /\b(never|don't|do not|without) (substitut|swap|replac)[a-z]*/,
    ['substitute-line'],
    'It swaps no goods.',
  ],
  [
    /\b(never|don't|do not|without) (retry|retrying|resend|replay)[a-z]*/,
    ['retry-transactions'],
    'It sends nothing again.',
  ],
  [/\b(never|don't|do not) (split)[a-z]*/, ['split-line'], 'It splits no deliveries.'],
]
const readOnly =
  /\b(read[- ]only|only (tell|report|show|look)|just (tell|report|show|look)|don't propose|do not propose|never propose|no proposals)\b/

function boundsOf(goal: string, draft: ProfileTemplate['draft']): Reading {
  const because: Because[] = []
  let { actKinds, mostProposals, mostMoney, customerNumbers } = draft.guardrails
  const only = readOnly.exec(goal)?.[0]
  if (only !== undefined) {
    actKinds = []
    because.push({ setting: 'guardrails.actKinds', words: only, text: 'It only reads and tells.' })
  }
  for (const [pattern, kinds, text] of forbidden) {
    const words = pattern.exec(goal)?.[0]
    if (words === undefined) continue
    actKinds = actKinds.filter((kind) => !kinds.includes(kind))
    because.push({ setting: 'guardrails.actKinds', words, text })
  }
  const money = moneyOf(goal)
  if (money !== undefined) {
    const { words, amountMinor, currency } = money
    mostMoney = [{ amountMinor, currency }]
    because.push({
      setting: 'guardrails.mostMoney',
      words,
      text: 'No proposal with more at stake.',
    })
  }
  const count = countOf(goal)
  if (count !== undefined) {
    mostProposals = count.count
    because.push({
      setting: 'guardrails.mostProposals',
      words: count.words,
      text: `At most ${count.count} proposals a run.`,
    })
  }
  const customers = [...new Set(goal.match(/\bc-\d{2,}\b/g) ?? [])].map((one) => one.toUpperCase())
  if (customers.length > 0) {
    customerNumbers = customers
    because.push({
      setting: 'guardrails.customerNumbers',
      words: customers.join(', '),
      text: 'Only these customers.',
    })
  }
  const guardrails = { ...draft.guardrails, actKinds, mostProposals, mostMoney, customerNumbers }
  return { changes: { guardrails }, because }
}

/** Sentences of a goal of which no word led to a setting. */
function leftOver(goal: string, heard: readonly string[]): string[] {
  return goal
    .split(/(?<=[.!?;\n])\s+/)
    .map((sentence) => sentence.trim())
    .filter(
      (sentence) =>
        sentence !== '' &&
        !heard.some((words) => sentence.toLowerCase().includes(words.toLowerCase())),
    )
}

/**
 * A profile drafted from a goal in plain words, by templates and the words people use: which template speaks for
 * it, when it runs, what it must not do. A person edits it, tests it and activates it; it does nothing by itself.
 */
export function draftProfile(goal: string, owner: string): DraftedProfile {
  const plain = goal.toLowerCase().replace(/’/g, "'")
  const ranked = profileTemplates
    .map((template) => ({ template, words: spokenFor(template, plain) }))
    .toSorted((a, b) => b.words.length - a.words.length)
  const best = ranked[0]?.words.length === 0 ? undefined : ranked[0]
  const chosen =
    best?.template ?? profileTemplates.find(({ template }) => template === 'daily-brief')
  if (chosen === undefined) throw new RangeError('There is no template to start from.')
  const readings = [timeOf(plain), eventsOf(plain), boundsOf(plain, chosen.draft)] as const
  const because: Because[] = [
    {
      setting: 'agent',
      words: best?.words.join(', ') ?? '',
      text:
        best === undefined
          ? `Nothing in the goal names a kind of work: ${chosen.about}`
          : chosen.about,
    },
    ...readings.flatMap((reading) => reading.because),
  ]
  const [times, events, limits] = readings
  const changes = { ...times.changes, ...events.changes, ...limits.changes }
  const heard = because.flatMap(({ words }) => words.split(', ')).filter((words) => words !== '')
  return {
    draft: { ...chosen.draft, goal, owner, ...changes },
    template: chosen.template,
    because,
    notUnderstood: leftOver(goal, heard),
  }
}
