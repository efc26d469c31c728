import type { IsoMoment } from '../../../backbone/canonical/document.ts'
import { cues } from './cues.ts'
import { type Intent, intents } from './intents.ts'
import { likeness } from './likeness.ts'
import { namesIn } from './names.ts'
import { type Reference, referencesIn } from './references.ts'
import { type Span, spanIn } from './spans.ts'
import { plainly } from './spelling.ts'

/** What a person wants to have done. */
const actWords = [
  'release',
  'hold',
  'cancel',
  'reprice',
  'substitute',
  'split',
  'backorder',
  'retry',
  'remind',
] as const
export type ActWord = (typeof actWords)[number]

/** What a person's words were taken for. */
export type Understanding = {
  readonly text: string
  readonly intent: Intent | 'unclear'
  /** What else it could be, the likeliest first, when it could as well be that. */
  readonly between: readonly Intent[]
  readonly references: readonly Reference[]
  /** What may be somebody's name. */
  readonly names: readonly string[]
  readonly span?: Span
  /** Which of a list: 1 for the first, -1 for the last. */
  readonly ordinal?: number
  readonly act?: ActWord
  /** It points at what was said before: "it", "that order", "why?". */
  readonly pointsBack: boolean
}

const ordinalWords: readonly (readonly [RegExp, number])[] = [
  [/\b(first|1st|option one|number one)\b/, 1],
  [/\b(second|2nd|option two|number two)\b/, 2],
  [/\b(third|3rd|option three|number three)\b/, 3],
  [/\b(fourth|4th|option four|number four)\b/, 4],
  [/\b(fifth|5th|option five|number five)\b/, 5],
  [/\b(sixth)\b/, 6],
  [/\b(seventh)\b/, 7],
  [/\b(eighth)\b/, 8],
  [/\b(ninth)\b/, 9],
  [/\b(tenth)\b/, 10],
  [/\b(last)( one| option| choice| alternative| order| customer| cause)\b|\bthe last[.!? ]*$/, -1],
]

function ordinalIn(words: string): number | undefined {
  const counted = /\b(?:option|number|no|choice|candidate|alternative|order) ?#?(\d{1,2})\b/.exec(
    words,
  )
  const alone = /^#?(\d{1,2})[.!]?$/.exec(words)
  const digits = counted?.[1] ?? alone?.[1]
  if (digits !== undefined) return Number(digits)
  return ordinalWords.find(([pattern]) => pattern.test(words))?.[1]
}

const actPatterns: readonly (readonly [RegExp, ActWord])[] = [
  [/\b(cancel)\b/, 'cancel'],
  [/\b(release|unhold|lift|unblock|take .* off hold)\b/, 'release'],
  [/\b(reprice|honou?r|accept (the |their |its )?price|bill|charge)\b|\bprice\b/, 'reprice'],
  [/\b(substitute|swap|replace)\b/, 'substitute'],
  [/\bsplit\b/, 'split'],
  [/\bbackorder\b/, 'backorder'],
  [/\b(retry|replay|rerun|resend|resubmit|reprocess)\b/, 'retry'],
  [/\b(remind|reminder|chase|dun|letter|message|email|mail)\b/, 'remind'],
  [/\b(hold|stop|put .* on hold)\b/, 'hold'],
]

const actIn = (words: string): ActWord | undefined =>
  actPatterns.find(([pattern]) => pattern.test(words))?.[1]

const backWords =
  /\b(it|its|that|this|them|they|those|these|he|she|him|her|their|same|there|one|ones|the (order|customer|invoice|item|hold|price|cluster|cause|payment|partner)|that (order|customer|one|item|price|invoice))\b/

type Score = { readonly intent: Intent; readonly points: number }

/** The surest cue counts whole, each further one a third. */
function points(intent: Intent, words: string): number {
  const hits = cues[intent]
    .filter(([pattern]) => pattern.test(words))
    .map(([, weight]) => weight)
    .toSorted((a, b) => b - a)
  const [surest = 0, ...more] = hits
  return surest + more.reduce((sum, weight) => sum + weight, 0) / 3
}

type Leaning = (kinds: ReadonlySet<string>) => number

const hasOrder = (kinds: ReadonlySet<string>) => kinds.has('order') || kinds.has('purchase-order')
const notOfOneOrder: Leaning = (kinds) => (hasOrder(kinds) ? -2 : 0)
const ofProduct: Leaning = (kinds) => (kinds.has('sku') ? 1 : 0)
const ofCustomer: Leaning = (kinds) => (kinds.has('customer') ? 0.5 : 0)

// What the named records say of what is meant.
const leanings: Partial<Record<Intent, Leaning>> = {
  'order-status': (kinds) => (hasOrder(kinds) ? 0.5 : -0.6),
  'release-first': notOfOneOrder,
  orders: notOfOneOrder,
  alternatives: ofProduct,
  stock: ofProduct,
  credit: ofCustomer,
  owed: ofCustomer,
  'partner-sla': notOfOneOrder,
  unapplied: notOfOneOrder,
  figures: notOfOneOrder,
  health: notOfOneOrder,
  'replay-safety': (kinds) => (kinds.has('transaction') ? 1 : 0),
}

const isAskedOf = (words: string): boolean =>
  words.endsWith('?') && !/^(please|can you|could you|would you|will you|ok|yes)\b/.test(words)

const isQuestion = (words: string): boolean =>
  isAskedOf(words) ||
  /^(what|which|who|whom|why|where|when|how|is|are|was|were|does|do|did|has|have|should|shall|may|can (i|we)|could (i|we))\b/.test(
    words,
  )

function scored(words: string, references: readonly Reference[]): Score[] {
  const kinds = new Set(references.map(({ kind }) => kind))
  return intents
    .map((intent) => {
      const byWords = points(intent, words)
      if (byWords === 0) return { intent, points: 0 }
      const asked = intent === 'act' && isQuestion(words) && !/^do\b/.test(words) ? -5 : 0
      return { intent, points: byWords + asked + (leanings[intent]?.(kinds) ?? 0) }
    })
    .filter((score) => score.points > 0)
    .toSorted((a, b) => b.points - a.points)
}

// Told apart by nothing a person would say twice: of these the first is meant when both fit.
const goBefore: readonly (readonly [Intent, Intent])[] = [
  ['order-status', 'credit'],
  ['release-first', 'order-status'],
  ['replay-safety', 'failures'],
  ['release-first', 'orders'],
  ['alternatives', 'stock'],
  ['alternatives', 'order-status'],
  ['alternatives', 'options'],
  ['price-why', 'order-status'],
  ['chase', 'owed'],
  ['owed', 'invoice'],
  ['chase', 'invoice'],
  ['unapplied', 'chase'],
  ['partner-sla', 'health'],
  ['failures', 'health'],
  ['pick', 'act'],
  ['act', 'release-first'],
  ['act', 'order-status'],
  ['act', 'replay-safety'],
  ['act', 'chase'],
  ['act', 'alternatives'],
  ['act', 'price-why'],
]

const isClose = (a: Score, b: Score): boolean => a.points - b.points < 0.35

// What must not be done is not outweighed by what else the words could mean.
const surelyRefused = 4.5

function chosen(scores: readonly Score[]): Pick<Understanding, 'intent' | 'between'> {
  const [best, next] = scores
  if (best === undefined || best.points < 1) return { intent: 'unclear', between: [] }
  const refused = scores.find(
    (score) => score.intent.startsWith('refuse-') && score.points >= surelyRefused,
  )
  if (refused !== undefined) return { intent: refused.intent, between: [] }
  if (next === undefined || !isClose(best, next)) return { intent: best.intent, between: [] }
  const rule = goBefore.find(
    ([first, second]) =>
      (first === best.intent && second === next.intent) ||
      (first === next.intent && second === best.intent),
  )
  if (rule !== undefined) return { intent: rule[0], between: [] }
  return { intent: 'unclear', between: [best.intent, next.intent] }
}

// An unknown word in a long sentence is rather a verb we do not know than somebody's name.
const isLikely =
  (words: string) =>
  (name: string): boolean =>
    /^\p{Lu}/u.test(name) || words.split(' ').length <= 3

/** The records alone say what is meant when the words do not. */
function byRecords(
  intent: Pick<Understanding, 'intent' | 'between'>,
  references: readonly Reference[],
  { names, words }: { readonly names: readonly string[]; readonly words: string },
): Pick<Understanding, 'intent' | 'between'> {
  if (intent.intent !== 'unclear' || intent.between.length > 0) return intent
  const kinds = new Set(references.map(({ kind }) => kind))
  if (kinds.has('order') || kinds.has('purchase-order'))
    return { intent: 'order-status', between: [] }
  if (kinds.has('invoice')) return { intent: 'invoice', between: [] }
  if (kinds.has('proposal')) return { intent: 'approvals', between: [] }
  if (kinds.has('transaction')) return { intent: 'replay-safety', between: [] }
  if (kinds.has('payment')) return { intent: 'unapplied', between: [] }
  if (kinds.has('sku')) return { intent: 'unclear', between: ['alternatives', 'stock'] }
  if (kinds.has('code')) return { intent: 'order-status', between: [] }
  if (kinds.has('customer') || names.some(isLikely(words)))
    return { intent: 'unclear', between: ['credit', 'owed', 'orders'] }
  return intent
}

// Left to their cues: they are said in so many words, or not at all. What proposes something is among them.
const bySayingSo: ReadonlySet<Intent> = new Set<Intent>([
  ...(['act', 'pick', 'why', 'more', 'help', 'thanks', 'options'] as const),
])
const cueWeight = 1.4
// Found by leaving out each example in turn: see the test of likeness.
const surePoints = 2
const sureGap = 1.5
const sureGapWithoutCue = 2
// Of cues: as much as a word of the trade says alone, and as much as a whole turn of phrase.
const weakCue = 2
const clearCue = 3

/** A question with what cues and likeness give it, and whether any cue is for it. */
type Weighed = Score & { readonly isSaid: boolean }

/** What was said, without the time it is about. */
type Said = {
  readonly words: string
  readonly kinds: ReadonlySet<string>
  readonly scores: readonly Score[]
}

/** Cues, likeness and the named records together: what every question has for it, the likeliest first. */
function weighed({ words, kinds, scores }: Said): Weighed[] {
  const byCue = new Map(scores.map(({ intent, points: cue }) => [intent, cue]))
  return likeness(words)
    .map(({ intent, odds }) => {
      const cue = byCue.get(intent)
      const own = cue ?? leanings[intent]?.(kinds) ?? 0
      return { intent, isSaid: cue !== undefined, points: odds + cueWeight * own }
    })
    .toSorted((a, b) => b.points - a.points)
}

const isAmong = (first: Weighed, next: Score): boolean =>
  first.points - next.points < (first.isSaid ? sureGap : sureGapWithoutCue)

/** Whether cues alone settle it: what must be said in so many words, and what must not be done. */
const isLeftToCues = (intent: Understanding['intent'], points: number): boolean =>
  intent !== 'unclear' &&
  (bySayingSo.has(intent) || (intent.startsWith('refuse-') && points >= surelyRefused))

// Nobody chooses to be refused.
const isNoChoice = (intent: Intent): boolean =>
  intent.startsWith('refuse-') || intent === 'unknowable'

/** Has likeness settle what cues leave open, or doubt what a weak cue says. Near-tied: the person is asked. */
function settledByLikeness(
  byCue: Pick<Understanding, 'intent' | 'between'>,
  said: Said,
): Pick<Understanding, 'intent' | 'between'> {
  const points = said.scores[0]?.points ?? 0
  if (isLeftToCues(byCue.intent, points)) return byCue
  const [best, ...others] = weighed(said)
  if (best === undefined || best.points < surePoints) return byCue
  const near = others.filter((other) => isAmong(best, other)).slice(0, 2)
  const among = [best, ...near].map(({ intent }) => intent)
  const isCued = among.some((intent) => intent === byCue.intent)
  if (isCued && points >= (best.intent === byCue.intent ? weakCue : clearCue)) return byCue
  if (near.length === 0) return { intent: best.intent, between: [] }
  const askable = among.filter((intent) => !isNoChoice(intent))
  return askable.length === 0
    ? { intent: best.intent, between: [] }
    : { intent: 'unclear', between: askable }
}

/** Reads a person's words: what they want, about which records, since when. Words are data; nothing here obeys them. */
export function understand(
  text: string,
  clock: { readonly now: IsoMoment; readonly timeZone: string },
): Understanding {
  const { references, rest } = referencesIn(text)
  const words = plainly(rest)
  const names = namesIn(rest, plainly)
  const span = spanIn(plainly(text), clock)
  const ordinal = ordinalIn(words)
  const act = actIn(words)
  const scores = scored(words, references)
  const kinds = new Set(references.map(({ kind }) => kind))
  const timeless = span === undefined ? words : words.replace(span.words, ' ')
  const settled = settledByLikeness(chosen(scores), { words: timeless, kinds, scores })
  const chose = byRecords(settled, references, { names, words })
  return {
    text,
    ...chose,
    references,
    names,
    pointsBack: backWords.test(words),
    ...(span === undefined ? {} : { span }),
    ...(ordinal === undefined ? {} : { ordinal }),
    ...(act === undefined ? {} : { act }),
  }
}
