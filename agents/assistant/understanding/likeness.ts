import { meaningOf } from './concepts.ts'
import { type Example, examples } from './examples.ts'
import type { Intent } from './intents.ts'

/** How much words speak for a question rather than for the others: a sum of log odds, above 0 where they do. */
export type Likeness = { readonly intent: Intent; readonly odds: number }

// They bind sentences and tell little.
const binding = new Set(
  'a an the of to in on at for from by with and or so that this it its is are was were be been has have had do does did will would can could may shall should must i you me my our your he she they him her their there here as if then than about into up out please just still yet also very too since'.split(
    ' ',
  ),
)

type Features = ReadonlyMap<string, number>

const wordsIn = (words: string): string[] =>
  words
    .split(/[^\p{L}\p{N}'-]+/u)
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '' && !/^\d+$/.test(word))

/** Pieces of a word that survive a slip of the keys. */
function piecesOf(word: string): string[] {
  const whole = `<${word}>`
  return word.length < 5
    ? []
    : Array.from({ length: whole.length - 3 }, (_, at) => `c:${whole.slice(at, at + 4)}`)
}

/** What is weighed: meanings, pairs of neighbours, pieces of words, and how it begins. */
function featuresOf(words: string): Features {
  const features = new Map<string, number>()
  const add = (feature: string, weight: number) =>
    features.set(feature, Math.max(features.get(feature) ?? 0, weight))
  const said = wordsIn(words)
  const bearing = said.filter((word) => !binding.has(word))
  for (const word of said) add(`m:${meaningOf(word)}`, binding.has(word) ? 0.4 : 1)
  for (const [place, word] of bearing.entries()) {
    const next = bearing[place + 1]
    if (next !== undefined) add(`p:${meaningOf(word)} ${meaningOf(next)}`, 0.5)
    for (const piece of piecesOf(word)) add(piece, 0.1)
  }
  const [first] = said
  if (first !== undefined) add(`f:${first}`, 0.3)
  return features
}

/** How often each feature stands in the examples of each question. */
type Bank = {
  readonly size: number
  readonly overall: ReadonlyMap<string, number>
  readonly own: ReadonlyMap<Intent, { readonly size: number; readonly counts: Features }>
}

function countsOf(all: readonly Features[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const features of all)
    for (const [feature, weight] of features)
      counts.set(feature, (counts.get(feature) ?? 0) + weight)
  return counts
}

function bankOf(given: readonly Example[]): Bank {
  const read = given.map(({ intent, words }) => ({ intent, features: featuresOf(words) }))
  const intents = [...new Set(given.map(({ intent }) => intent))]
  return {
    size: read.length,
    overall: countsOf(read.map(({ features }) => features)),
    own: new Map(
      intents.map((intent) => {
        const of = read.filter((one) => one.intent === intent).map(({ features }) => features)
        return [intent, { size: of.length, counts: countsOf(of) }]
      }),
    ),
  }
}

// What is more than a binding word or the mark of a record.
const isBearing = (word: string): boolean => !binding.has(word) && !/^x[a-z]{2,}$/.test(word)

// As if every feature had been seen a little everywhere: few examples shall not speak too loudly.
const smoothing = 1

/**
 * Opens a bank of examples. Each feature of the words counts by how much more often it stands in the examples of a
 * question than in the others (naive Bayes, one question against the rest); what no example has says nothing.
 */
export function likenessTo(given: readonly Example[]): (words: string) => Likeness[] {
  const bank = bankOf(given)
  const intents = [...bank.own.keys()]
  const odds = oddsOf(bank)
  return (words) => {
    if (!wordsIn(words).some(isBearing)) return []
    const heard = [...featuresOf(words)].flatMap(([feature, weight]) => {
      const spoken = odds.get(feature)
      return spoken === undefined ? [] : [{ spoken, weight }]
    })
    return intents
      .map((intent, place) => ({
        intent,
        odds: heard.reduce((sum, { spoken, weight }) => sum + weight * (spoken[place] ?? 0), 0),
      }))
      .toSorted((a, b) => b.odds - a.odds)
  }
}

/** What each feature says for each question, in the order of the questions. */
function oddsOf({ size, overall, own }: Bank): Map<string, readonly number[]> {
  return new Map(
    [...overall].map(([feature, all]) => [
      feature,
      [...own.values()].map((of) => {
        const inside = of.counts.get(feature) ?? 0
        const here = (inside + smoothing) / (of.size + 10 * smoothing)
        const elsewhere = (all - inside + smoothing) / (size - of.size + 10 * smoothing)
        return Math.log(here / elsewhere)
      }),
    ]),
  )
}

let ofBank: ReturnType<typeof likenessTo> | undefined

/** What words speak for, by the bank of examples. */
export function likeness(words: string): Likeness[] {
  ofBank ??= likenessTo(examples)
  return ofBank(words)
}
