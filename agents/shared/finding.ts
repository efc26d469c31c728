import type { Citation } from '../../backbone/canonical/chat.ts'
import type { ActKind, MoneyAtStake } from '../../backbone/canonical/proposal.ts'

/** Something that could be done, by the id of a candidate that code made. */
export type Option = {
  readonly subject: {
    readonly kind: 'order' | 'customer' | 'cluster' | 'transaction'
    readonly id: string
  }
  /** What people call the record. */
  readonly label: string
  readonly candidateId: string
  readonly kind: ActKind
  readonly title: string
  readonly money?: MoneyAtStake & { readonly text: string }
  /** The strongest fact for it. */
  readonly because?: string
  /** What speaks against it. */
  readonly against?: string
  /** What the rules would do: an agent that works by itself proposes it. */
  readonly isRecommended: boolean
}

/** What an investigation came to: words by template, what could be done, and what one may ask next. */
export type Finding = {
  /** The answer in plain sentences; every figure in it is a record's. */
  readonly words: string
  readonly options: readonly Option[]
  /** Questions that lead on. */
  readonly questions: readonly string[]
  readonly citations: readonly Citation[]
  /** Things to choose from in the order they are listed, when a list was shown: what "the second one" points at. */
  readonly listed: readonly string[]
}

/** A finding of words alone. */
export function finding(words: string, more: Partial<Finding> = {}): Finding {
  return { words, options: [], questions: [], citations: [], listed: [], ...more }
}

/** How options begin in an answer: whoever reads it again finds them behind this line. */
export const optionsHeading = 'What can be done:'

// The reason of a hold begins with who placed it: "Held (PRICE) by price-check: Line 1 …".
const placedBy = /^Held \([A-Z_]+\) by [^:]+: /
const coreOf = (reason: string): string => reason.replace(placedBy, '').trim()

/** What a reader has been told does not stand under every option again. */
function optionLines(words: string, options: readonly Option[]): string[] {
  let told = words
  const isNew = (reason: string | undefined): reason is string =>
    reason !== undefined && !told.includes(coreOf(reason))
  return options.map(({ title, label, money, because, against }, place) => {
    const about = title.includes(label) ? '' : ` (${label})`
    const at = money === undefined || title.includes(money.text) ? '' : `, ${money.text}`
    const why = isNew(because) ? `: ${because}` : '.'
    const repeated = against === undefined ? '' : ' (Against it: as above.)'
    const not = isNew(against) ? ` (Against it: ${against})` : repeated
    const line = `${place + 1}. ${title}${about}${at}${why}${not}`
    told += `\n${line}`
    return line
  })
}

const mostShown = 6

/** The words of a finding with its options under them, numbered so that one can be named. */
export function saidWhole({ words, options }: Finding): string {
  if (options.length === 0) return words
  const lines = optionLines(words, options.slice(0, mostShown))
  return `${words}\n\n${optionsHeading}\n${lines.join('\n')}\nSay "do it" for the first, or name another; it becomes a proposal that a person decides.`
}

/** Several findings as one, in their order. */
export function together(findings: readonly Finding[]): Finding {
  return {
    words: findings.map(({ words }) => words).join('\n\n'),
    options: findings.flatMap(({ options }) => options),
    questions: [...new Set(findings.flatMap(({ questions }) => questions))].slice(0, 4),
    citations: findings.flatMap(({ citations }) => citations),
    listed: findings.flatMap(({ listed }) => listed),
  }
}

/** What is said where a model's words are not used. */
export const notOfModel =
  'the words are those of the rules: the model claimed something that is not in the records'
