import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { bannedPhrases, feePhrases } from './banned-phrases.ts'
import type { DraftFact, DraftSnapshot } from './draft-facts.ts'
import { DraftLanguage, languageRules } from './draft-language.ts'
import { isPlainWord } from './plain-words.ts'
import type { CollectionsSettings } from './settings.ts'

/** A message to a customer before anybody has sent it. */
export type Draft = { readonly subject: string; readonly body: string }

/** What is wrong with a draft, with the words it is about. */
type DraftFault = {
  readonly kind:
    | 'hidden-characters'
    | 'language'
    | 'too-long'
    | 'number'
    | 'date'
    | 'name'
    | 'email'
    | 'link'
    | 'currency'
    | 'banned-phrase'
    | 'fee'
    | 'wrong-invoice'
    | 'missing'
  readonly quote: string
  readonly text: string
}

/** Whether a draft may be shown to a person for approval. */
export type DraftVerdict = PolicyDecision<'draft-fits' | 'draft-rejected'> & {
  readonly faults: readonly DraftFault[]
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const oneSpace = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** Meets a spelling of a fact as a whole: 68 is not in 168 nor in 68.5. Both with one blank at most between words. */
function spelling(text: string): RegExp {
  return new RegExp(
    String.raw`(?<![\p{L}\p{N}_@$€£]|[\p{L}\p{N}][.:/-]|\p{N},)${escaped(text)}(?![\p{L}\p{N}_@%]|[.,:/?&#=-][\p{L}\p{N}])`,
    'gu',
  )
}

/** Whether a text says a spelling of a fact; most do not have its letters at all, which is told at once. */
function says(text: string, known: string): boolean {
  const plain = oneSpace(known)
  return text.includes(plain) && spelling(plain).test(text)
}

// Takes the place of a fact, so that words left and right of it do not grow together.
const taken = '\u241F'

function withoutFacts(text: string, facts: readonly DraftFact[]): string {
  const spellings = facts
    .flatMap(({ texts }) => texts.map(oneSpace))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  return [...new Set(spellings)].reduce(
    (rest, known) => (rest.includes(known) ? rest.replaceAll(spelling(known), taken) : rest),
    oneSpace(text),
  )
}

const fault = (kind: DraftFault['kind'], quote: string, text: string): DraftFault => ({
  kind,
  quote: quote.slice(0, 120),
  text,
})

const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/gu
const link =
  /\b(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+|\b[\p{L}\p{N}-]+\.(?:com|net|org|io|eu|de|co|us|biz|info|example|link|app|me)\b\S*/giu
const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([quote]) => quote)),
]

/** Addresses are taken out first: what they are made of is no number and no name. */
function addressFaults(rest: string): { faults: DraftFault[]; rest: string } {
  const faults = [
    ...matches(rest, email).map((quote) =>
      fault('email', quote, 'This e-mail address is not in the snapshot.'),
    ),
    ...matches(rest.replaceAll(email, taken), link).map((quote) =>
      fault('link', quote, 'This link is not in the snapshot.'),
    ),
  ]
  return { faults, rest: rest.replaceAll(email, taken).replaceAll(link, taken) }
}

function figureFaults(rest: string, language: string): DraftFault[] {
  const { calendarWords, numberWords } = languageRules(language)
  return [
    ...matches(rest, /[\p{Sc}]?\p{N}[\p{N}.,:/%-]*/gu).map((quote) =>
      fault('number', quote, 'This number is not in the snapshot.'),
    ),
    ...matches(rest, numberWords).map((quote) =>
      fault('number', quote, 'Numbers are given in figures, as the snapshot has them.'),
    ),
    ...matches(rest, calendarWords).map((quote) =>
      fault('date', quote, 'This date is not in the snapshot.'),
    ),
    ...matches(rest, /[\p{Sc}]/gu).map((quote) =>
      fault('currency', quote, 'A currency sign without an amount of the snapshot.'),
    ),
  ]
}

/** Words with a capital are names unless they are plain words; words of the snapshot's names are known. */
function nameFaults(
  rest: string,
  snapshot: DraftSnapshot,
  allowed: readonly string[],
): DraftFault[] {
  const known = new Set(
    [
      snapshot.currency,
      ...allowed,
      ...snapshot.facts.flatMap(({ kind, texts }) => (kind === 'name' ? texts : [])),
    ].flatMap((text) => text.split(/[^\p{L}\p{N}'-]+/u)),
  )
  return matches(rest, /(?<![\p{L}\p{N}'-])\p{Lu}[\p{L}'-]*/gu)
    .filter((word) => !known.has(word) && !isPlainWord(word))
    .map((word) => fault('name', word, 'This name is not in the snapshot.'))
}

function phraseFaults(
  text: string,
  snapshot: DraftSnapshot,
  settings: CollectionsSettings,
): DraftFault[] {
  const plain = oneSpace(text.toLowerCase().replaceAll(/[’‘`]/g, "'"))
  const own = settings.bannedPhrases.filter((phrase) => plain.includes(phrase.toLowerCase()))
  const fee = feePhrases.exec(plain)?.[0]
  return [
    ...[...bannedPhrases, ...languageRules(snapshot.language).banned].flatMap(
      ({ pattern, because }) => {
        const quote = pattern.exec(plain)?.[0]
        return quote === undefined ? [] : [fault('banned-phrase', quote, because)]
      },
    ),
    ...own.map((phrase) => fault('banned-phrase', phrase, 'The policy bans this phrase.')),
    ...(fee === undefined || snapshot.mayNameFees
      ? []
      : [fault('fee', fee, 'Fees and interest may not be named to this customer.')]),
  ]
}

const isInvoiceNumber = /^invoice\..+\.number$/

const missing = (what: string): DraftFault =>
  fault('missing', what, `The message must name ${what}.`)

/** Each invoice that is named comes with what is open of it and when it was due. */
function missingFacts(whole: string, snapshot: DraftSnapshot): DraftFault[] {
  const text = oneSpace(whole)
  const said = new Set(
    snapshot.facts
      .filter(({ texts }) => texts.some((known) => says(text, known)))
      .map(({ key }) => key),
  )
  const numbers = snapshot.facts.filter(({ key }) => isInvoiceNumber.test(key))
  const named = numbers.filter(({ key }) => said.has(key))
  const details = named.flatMap(({ key, value }) => {
    const stem = key.slice(0, -'.number'.length)
    return [
      ...(said.has(`${stem}.open`) ? [] : [missing(`the open amount of ${value}`)]),
      ...(said.has(`${stem}.due`) ? [] : [missing(`the due date of ${value}`)]),
    ]
  })
  const offered = snapshot.facts
    .filter(({ key }) => ['our.email', 'our.payment-link', 'our.dispute-link'].includes(key))
    .filter(({ key }) => !said.has(key))
  return [
    ...(named.length === 0 ? [missing('at least one invoice')] : details),
    ...(said.has('as-of') ? [] : [missing(`the day the figures are of, ${snapshot.asOf}`)]),
    ...(snapshot.unappliedMinor > 0 && !said.has('total.unapplied')
      ? [missing('the money that was received and is not applied yet')]
      : []),
    ...offered.map(({ value }) => missing(String(value))),
  ]
}

/** A sentence about one invoice says nothing that is another one's: right figures in the wrong place are wrong. */
function wrongInvoiceFaults(text: string, { facts, language }: DraftSnapshot): DraftFault[] {
  const numbers = facts.filter(({ key }) => isInvoiceNumber.test(key))
  return text.split(languageRules(language).sentenceEnds).flatMap((written) => {
    const sentence = oneSpace(written)
    const named = numbers.filter(({ texts }) => texts.some((known) => says(sentence, known)))
    const [about] = named
    if (about === undefined || named.some(({ value }) => value !== about.value)) return []
    const stem = about.key.slice(0, -'number'.length)
    const isOthers = ({ key }: DraftFact) => key.startsWith('invoice.') && !key.startsWith(stem)
    const rest = withoutFacts(
      sentence,
      facts.filter((fact) => !isOthers(fact)),
    )
    const strange = facts
      .filter(isOthers)
      .flatMap(({ texts }) => texts.filter((known) => says(rest, known)))
    return [...new Set(strange)].map((quote) =>
      fault('wrong-invoice', quote, `This belongs to another invoice than ${about.value}.`),
    )
  })
}

// In other languages capitals say nothing, or too much: whose names stand there, a reader of it sees.
const isEnglish = ({ language }: DraftSnapshot): boolean => language === 'en'

const wordCount = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length

function formFaults(draft: Draft, { language }: DraftSnapshot, limit: number): DraftFault[] {
  const text = `${draft.subject}\n${draft.body}`
  const words = wordCount(draft.body)
  // Line breaks and tabs are seen; everything else without a glyph hides something.
  const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.exec(text.replaceAll(/\r?\n|\t/g, ' '))?.[0]
  return [
    ...(hidden === undefined
      ? []
      : [
          fault(
            'hidden-characters',
            `U+${hidden.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`,
            'It has characters nobody sees.',
          ),
        ]),
    ...(words > limit
      ? [fault('too-long', `${words} words`, `A message has at most ${limit} words.`)]
      : []),
    ...(DraftLanguage.safeParse(language).success
      ? []
      : [fault('language', language, 'We cannot check this language; a person writes this one.')]),
  ]
}

const namesUnchecked: Evidence = {
  weighs: 'note',
  text: 'Names are checked in English only: somebody who reads the language looks at them.',
}

/**
 * Reads a draft again against its snapshot (domain rules 3.4): every number, date, name, e-mail address and link
 * must be in it; no threats, no legal claims, no fees unless allowed; at most 180 words. Run after every edit. In other
 * languages than English names are not checked.
 */
export function checkDraft(
  draft: Draft,
  snapshot: DraftSnapshot,
  { settings, version }: PolicyInForce<CollectionsSettings>,
): DraftVerdict {
  const text = `${draft.subject}\n${draft.body}`.normalize('NFKC')
  const { faults: addresses, rest } = addressFaults(withoutFacts(text, snapshot.facts))
  const faults = [
    ...formFaults(draft, snapshot, settings.draftWords),
    ...addresses,
    ...figureFaults(rest, snapshot.language),
    ...(isEnglish(snapshot) ? nameFaults(rest, snapshot, settings.wordsAllowed) : []),
    ...phraseFaults(text, snapshot, settings),
    ...wrongInvoiceFaults(text, snapshot),
    ...missingFacts(text, snapshot),
  ]
  const isFit = faults.length === 0
  return {
    decision: isFit ? 'propose' : 'refuse',
    kind: isFit ? 'draft-fits' : 'draft-rejected',
    faults,
    evidence: isFit
      ? [
          {
            weighs: 'for',
            text: `Every number, date, ${isEnglish(snapshot) ? 'name and link' : 'address and link'} is in the snapshot of ${snapshot.asOf}.`,
          },
          ...(isEnglish(snapshot) ? [] : [namesUnchecked]),
        ]
      : faults.map(
          ({ kind, quote, text: because }): Evidence => ({
            weighs: 'against',
            text: because,
            values: { kind, quote },
          }),
        ),
    alternatives: [],
    policyVersion: version,
  }
}
