import type { ReplyClass } from '../../canonical/collections.ts'
import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import { type Currency, type MinorUnits, moneyText } from '../../canonical/money.ts'
import { disputeCode } from './dispute-codes.ts'
import { bareDispute, disputePatterns, insolvencySign, replyPatterns } from './reply-patterns.ts'
import { amountIn, dayIn, ownWords } from './reply-reading.ts'
import { replyRemedy } from './reply-remedies.ts'

/** What is known around an answer. */
export type ReplyFacts = {
  readonly content: string
  /** The day it came, where the customer is. */
  readonly today: IsoDate
  readonly currency: Currency
  /** The customer's open invoices by number. */
  readonly invoiceNumbers: readonly string[]
  /** How the customer's country writes 03/04. */
  readonly dateOrder?: 'month-first' | 'day-first'
}

/** What an answer is taken for. A person reads it whatever it is: text from outside moves nothing by itself. */
export type ReplyReading = PolicyDecision<ReplyClass> & {
  /** Other classes whose signs are there too. */
  readonly also: readonly ReplyClass[]
  readonly amountMinor?: MinorUnits
  readonly isInFull: boolean
  readonly day?: IsoDate
  readonly disputeCode?: string
  readonly invoiceNumbers: readonly string[]
}

type Sign = { readonly replyClass: ReplyClass; readonly text: string; readonly quote: string }

// "If you send the credit, we will pay" promises nothing yet.
const condition = /\b(if|unless|once|as soon as|provided|subject to|after you|when you|until you)\b/
const refusal = /\b(will not|won't|not going to|never going to|refuse to)\b/

const sentencesOf = (text: string): string[] =>
  text.split(/(?<=[.!?;])\s+(?=\S)/).filter((sentence) => sentence !== '')

function patternSigns(sentence: string): Sign[] {
  return replyPatterns.flatMap(({ replyClass, pattern, sign }) => {
    const quote = pattern.exec(sentence)?.[0]
    if (quote === undefined) return []
    const isEmptyPromise =
      replyClass === 'promise' && (condition.test(sentence) || refusal.test(sentence))
    return isEmptyPromise ? [] : [{ replyClass, text: sign, quote }]
  })
}

function disputeSign(sentence: string): (Sign & { code?: string }) | undefined {
  const known = disputePatterns.find(({ pattern }) => pattern.test(sentence))
  const quote = known?.pattern.exec(sentence)?.[0] ?? bareDispute.exec(sentence)?.[0]
  if (quote === undefined) return undefined
  const name = known === undefined ? undefined : disputeCode(known.code)?.name
  return {
    replyClass: 'dispute',
    quote,
    text:
      known === undefined
        ? 'It contests the debt without a reason we know.'
        : `It contests the debt: ${known.code} ${name}.`,
    ...(known === undefined ? {} : { code: known.code }),
  }
}

// What needs a person most comes first; an automatic answer is nothing but that.
const seriousness: readonly ReplyClass[] = [
  'legal',
  'stop-contact',
  'out-of-office',
  'wrong-contact',
  'hardship',
  'dispute',
  'paid-claim',
  'promise',
  'copy-request',
]

const bySeriousness = (a: ReplyClass, b: ReplyClass): number =>
  seriousness.indexOf(a) - seriousness.indexOf(b)

const inFull =
  /\b(in full|full (amount|balance|payment)|entire (amount|balance)|(whole|total|outstanding) (amount|balance)|all (of the )?(open |outstanding )?invoices)\b/

const figureClasses: readonly ReplyClass[] = ['promise', 'paid-claim', 'dispute', 'out-of-office']

/** Amount and day are read from the sentence that carries the class; elsewhere they may mean anything. */
function figuresOf(
  sentences: readonly string[],
  replyClass: ReplyClass,
  facts: ReplyFacts,
): { amountMinor?: MinorUnits; day?: IsoDate; isInFull: boolean } {
  if (!figureClasses.includes(replyClass)) return { isInFull: false }
  const telling = sentences.filter(
    (sentence) =>
      patternSigns(sentence).some((sign) => sign.replyClass === replyClass) ||
      (replyClass === 'dispute' && disputeSign(sentence) !== undefined),
  )
  const text = telling.join(' ')
  const amountMinor = amountIn(text, facts.currency)
  const day = replyClass === 'dispute' ? undefined : dayIn(text, facts.today, facts.dateOrder)
  return {
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(day === undefined ? {} : { day }),
    isInFull: inFull.test(text),
  }
}

function figureEvidence(figures: ReturnType<typeof figuresOf>, currency: Currency): Evidence[] {
  const { amountMinor, day, isInFull } = figures
  const parts = [
    ...(amountMinor === undefined ? [] : [moneyText(amountMinor, currency)]),
    ...(isInFull ? ['the whole amount'] : []),
    ...(day === undefined ? [] : [day]),
  ]
  return parts.length === 0 ? [] : [{ weighs: 'note', text: `It names ${parts.join(', ')}.` }]
}

/**
 * Takes an answer for one of the reply classes by its wording (domain rules 3.4): deterministic, from the
 * customer's own words only, and `unknown` where no wording is known.
 */
export function readReply(facts: ReplyFacts, policyVersion: string): ReplyReading {
  const sentences = sentencesOf(ownWords(facts.content).toLowerCase())
  const disputes = sentences.flatMap((sentence) => disputeSign(sentence) ?? [])
  const signs: Sign[] = [...sentences.flatMap(patternSigns), ...disputes]
  const classes = [...new Set(signs.map((sign) => sign.replyClass))].sort(bySeriousness)
  const [kind = 'unknown', ...rest] = classes
  const code = disputes.find((sign) => sign.code !== undefined)?.code
  const { isInFull, ...figures } = figuresOf(sentences, kind, facts)
  const words = sentences.join(' ')
  const named = facts.invoiceNumbers.filter((number) => words.includes(number.toLowerCase()))
  const said = {
    currency: facts.currency,
    isInsolvency: signs.some(({ text }) => text === insolvencySign),
    ...(code === undefined ? {} : { disputeCode: code }),
    invoiceNumbers: named,
  }
  const evidence: Evidence[] =
    kind === 'unknown'
      ? [{ weighs: 'against', text: 'No wording we know is in it: a person reads it.' }]
      : signs.slice(0, 12).map(({ replyClass, text, quote }) => ({
          weighs: replyClass === kind ? 'for' : 'note',
          text,
          values: { quote: quote.slice(0, 120), replyClass },
        }))
  return {
    decision: kind === 'unknown' ? 'hold' : 'propose',
    kind,
    also: kind === 'out-of-office' ? [] : rest,
    ...figures,
    isInFull,
    ...(code !== undefined && classes.includes('dispute') ? { disputeCode: code } : {}),
    invoiceNumbers: named,
    evidence: [...evidence, ...figureEvidence({ ...figures, isInFull }, facts.currency)],
    alternatives: (kind === 'out-of-office' ? [kind] : [kind, ...rest]).map((replyClass) =>
      replyRemedy(replyClass, { ...said, ...figuresOf(sentences, replyClass, facts) }),
    ),
    policyVersion,
  }
}
