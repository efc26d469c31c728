import { z } from 'zod'
import { WireCandidate } from '../../tools/wire/candidate.ts'
import { WireCase } from '../../tools/wire/collection-case.ts'
import { type Finding, finding, type Option } from '../shared/finding.ts'
import { type Investigation, look } from '../shared/investigation.ts'
import { optionsOf } from '../shared/options.ts'
import { asOfText, counted, localTime, sentence, shortened } from '../shared/words.ts'

const Line = z.object({
  customer_number: z.string(),
  name: z.string(),
  currency: z.string(),
  on: z.string(),
  ...WireCase.shape,
})
type Line = z.output<typeof Line>

const Worklist = z.object({
  as_of: z.string(),
  items: z.array(Line),
  next_cursor: z.string().optional(),
})

const File = z.object({
  as_of: z.string(),
  customer_number: z.string(),
  name: z.string(),
  on: z.string(),
  ledgers: z.array(z.object({ currency: z.string(), case: WireCase })).default([]),
  stops: z.array(z.string()).default([]),
  candidates: z.array(WireCandidate).default([]),
})
type File = z.output<typeof File>

type Clock = { readonly timeZone: string }
type Case = z.output<typeof WireCase>

/** What is to be done about a debt, in the words of the desk. */
function adviceOf(found: Case, { timeZone }: Clock): string {
  const { kind, tone, channel, level, not_before } = found
  switch (kind) {
    case 'clear-cash-first':
      return 'Clear cash first: their money is here and not applied; no message'
    case 'automation-off':
      return 'Leave alone: all contact is stopped'
    case 'person-first':
      return 'A person looks first'
    case 'wait':
      return not_before === undefined ? 'Wait' : `Wait until ${localTime(not_before, timeZone)}`
    case 'too-small':
    case 'nothing-due':
      return 'Nothing to ask for'
    default:
      return `${kind}${level === undefined ? '' : ` (level ${level})`}, ${tone}, by ${channel}`
  }
}

const whyOf = ({ evidence }: Case, saidOfAll: ReadonlySet<string> = new Set()): string =>
  evidence
    .filter(({ text }) => !saidOfAll.has(text))
    .slice(0, 2)
    .map(({ text }) => sentence(text))
    .join(' ')

/** Reasons that several share are said once, under the list. */
function sharedReasons(lines: readonly Line[]): ReadonlySet<string> {
  const texts = lines.flatMap(({ evidence }) => evidence.map(({ text }) => text))
  return new Set(texts.filter((text, place) => texts.indexOf(text) !== place))
}

function wordsOfLine(
  line: Line,
  place: number,
  { clock, saidOfAll }: { readonly clock: Clock; readonly saidOfAll: ReadonlySet<string> },
): string {
  const late =
    line.oldest_days === undefined || line.oldest_days <= 0
      ? ''
      : `, the oldest ${counted(line.oldest_days, 'day')} late`
  const why = whyOf(line, saidOfAll)
  return `${place + 1}. ${line.name} (${line.customer_number}): ${line.claim.text} to ask for of ${line.open.text} open${late}. ${sentence(adviceOf(line, clock))}${why === '' ? '' : ` ${why}`}`
}

/** The words a candidate would send, as they stand on the proposal. */
function draftOf({ changes }: z.output<typeof WireCandidate>): string | undefined {
  const lines = changes.flatMap(({ label, after }) =>
    after === undefined ? [] : [`   ${label}: "${shortened(after, 200)}"`],
  )
  return lines.length === 0 ? undefined : lines.join('\n')
}

const optionsOfFile = ({ customer_number: id, name, candidates }: File): Option[] =>
  optionsOf(candidates, { subject: { kind: 'customer', id }, label: name }, [
    'send-collections-message',
  ])

/** What is to be done about one customer's debt, and with what words. */
export function* planCustomer(customerNumber: string, { timeZone }: Clock): Investigation<Finding> {
  const looked = yield* look(
    { name: 'collections_customer', args: { customer_number: customerNumber } },
    File,
  )
  if (looked.outcome === 'refused') return finding(looked.why)
  const file = looked.value
  const cases = file.ledgers.map(({ case: found }) => {
    const why = whyOf(found)
    return `${found.claim.text} to ask for of ${found.open.text} open: ${sentence(adviceOf(found, { timeZone }))}${why === '' ? '' : ` ${why}`}`
  })
  const drafts = file.candidates.map(draftOf).filter((draft) => draft !== undefined)
  const words = [
    `${file.name} (${file.customer_number}):`,
    ...(cases.length === 0 ? ['nothing is open.'] : cases),
    ...file.stops.map((stop) => `Stopped: ${sentence(stop)}`),
    ...(drafts.length === 0
      ? ['There is no message to send now.']
      : ['The draft, its figures from the ledger:', ...drafts]),
    asOfText(file.as_of, timeZone),
  ].join('\n')
  return finding(words, {
    options: optionsOfFile(file),
    questions: [`How much does ${file.customer_number} owe?`, 'What is unapplied and why?'],
    listed: [`customer:${file.customer_number}`],
  })
}

const draftsOfAList = 5

function* draftsOf(lines: readonly Line[]): Investigation<File[]> {
  const files: File[] = []
  const numbers = [...new Set(lines.map(({ customer_number: id }) => id))]
  for (const customer_number of numbers) {
    const looked = yield* look({ name: 'collections_customer', args: { customer_number } }, File)
    if (looked.outcome === 'found') files.push(looked.value)
  }
  return files
}

/** Whom to ask for money today, in the order of what a contact is worth, with the words there are. */
export function* planCollections({
  timeZone,
  drafts = draftsOfAList,
}: Clock & { readonly drafts?: number }): Investigation<Finding> {
  const looked = yield* look({ name: 'collections_worklist', args: { limit: 15 } }, Worklist)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf, next_cursor: next } = looked.value
  if (items.length === 0)
    return finding(`Nobody is to be asked for money today. ${asOfText(asOf, timeZone)}`)
  const due = items.filter(({ decision }) => decision === 'propose')
  const files = yield* draftsOf(
    due.filter(({ kind }) => kind !== 'clear-cash-first').slice(0, drafts),
  )
  const options = files.flatMap(optionsOfFile)
  const saidOfAll = sharedReasons(items)
  const shown = next === undefined ? '' : ' The most worthwhile are listed.'
  const words = [
    `${counted(due.length, 'customer')} to act on today, ${items.length - due.length} to leave for now, the most worthwhile contact first.${shown}`,
    ...items.map((line, place) => wordsOfLine(line, place, { clock: { timeZone }, saidOfAll })),
    ...[...saidOfAll].slice(0, 3).map((text) => `Of several: ${sentence(text)}`),
    options.length === 0
      ? 'No message may be sent now.'
      : `A draft is ready for ${counted(options.length, 'customer')}; every figure in it comes from the ledger.`,
    asOfText(asOf, timeZone),
  ].join('\n')
  return finding(words, {
    options,
    questions: ['What is unapplied and why?', 'How much is overdue in all?'],
    listed: items.map(({ customer_number: id }) => `customer:${id}`),
  })
}
