import { isOrdinary } from './names.ts'

type Row = readonly number[]

/** The next row of the table of mistakes (Damerau-Levenshtein: wrong, missing, too many, swapped). */
function nextRow(
  { a, b, i }: { readonly a: string; readonly b: string; readonly i: number },
  last: Row,
  before: Row,
): number[] {
  const row = [i]
  for (let j = 1; j <= b.length; j += 1) {
    const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
    const swapped = isSwapped ? (before[j - 2] ?? 3) + 1 : 3
    const changed = (last[j - 1] ?? 3) + (a[i - 1] === b[j - 1] ? 0 : 1)
    row.push(Math.min((last[j] ?? 3) + 1, (row[j - 1] ?? 3) + 1, changed, swapped))
  }
  return row
}

/** How many letters are wrong, missing, too many or swapped; words of other lengths count as 3. */
function mistakes(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let before: Row = []
  let last: Row = Array.from({ length: b.length + 1 }, (_, place) => place)
  for (let i = 1; i <= a.length; i += 1) {
    const row = nextRow({ a, b, i }, last, before)
    before = last
    last = row
  }
  return last[b.length] ?? 3
}

// Words of the trade that people mistype; short ones are left alone, too much else is near them.
const tradeWords = [
  'acknowledge',
  'acknowledgement',
  'aging',
  'ageing',
  'alternative',
  'alternatives',
  'agreement',
  'allocated',
  'applied',
  'approval',
  'approve',
  'available',
  'backorder',
  'balance',
  'because',
  'before',
  'blocked',
  'breach',
  'breaches',
  'breaking',
  'cancel',
  'carrier',
  'charged',
  'chase',
  'cheaper',
  'collect',
  'collection',
  'collections',
  'connection',
  'connections',
  'credit',
  'customer',
  'customers',
  'cutoff',
  'deliver',
  'delivered',
  'delivery',
  'different',
  'difference',
  'discount',
  'dispute',
  'dunning',
  'error',
  'errors',
  'expensive',
  'explain',
  'exposure',
  'failed',
  'failing',
  'failure',
  'failures',
  'first',
  'health',
  'healthy',
  'holding',
  'instead',
  'integration',
  'inventory',
  'invoice',
  'invoices',
  'limit',
  'message',
  'orders',
  'order',
  'outstanding',
  'overdue',
  'partner',
  'partners',
  'payment',
  'payments',
  'pending',
  'price',
  'priced',
  'prices',
  'pricing',
  'problem',
  'problems',
  'proposal',
  'proposals',
  'promise',
  'promised',
  'purchase',
  'quantity',
  'receivables',
  'release',
  'released',
  'remind',
  'reminder',
  'reminders',
  'replace',
  'replacement',
  'replay',
  'reprice',
  'resend',
  'retry',
  'rerun',
  'second',
  'shipment',
  'shipped',
  'shipping',
  'status',
  'stock',
  'stuck',
  'substitute',
  'substitutes',
  'substitution',
  'third',
  'today',
  'touchless',
  'tracking',
  'transaction',
  'transactions',
  'unapplied',
  'unmatched',
  'unpaid',
  'waiting',
  'warehouse',
  'where',
  'which',
  'wrong',
  'yesterday',
  'should',
  'cannot',
  'split',
  'triage',
  'options',
] as const

function corrected(word: string): string {
  if (
    word.length < 5 ||
    isOrdinary(word) ||
    tradeWords.some((right) => right === word) ||
    !/^[a-z]+$/.test(word)
  )
    return word
  const allowed = word.length >= 9 ? 2 : 1
  const near = tradeWords
    .map((right) => ({ right, wrong: mistakes(word, right) }))
    .filter(({ right, wrong }) => wrong <= allowed && right[0] === word[0])
    .toSorted((a, b) => a.wrong - b.wrong)
  return near[0]?.right ?? word
}

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\b(what|where|who|how|that|there|it|he|she)'?s\b/g, '$1 is'],
  [/\bwhats\b/g, 'what is'],
  [/\bwheres\b/g, 'where is'],
  [/\b(\w+)n't\b/g, '$1 not'],
  [/\b(hasnt|havent|isnt|arent|didnt|doesnt|wont|cant|dont)\b/g, '$1'],
  [/\b(can ?not)\b/g, 'cannot'],
  [/\bcut[ -]offs?\b/g, 'cutoff'],
  [/\bback[ -]order/g, 'backorder'],
  [/\bre-(run|play|send|try|price|process|submit)/g, 're$1'],
  [/\b(u)\b/g, 'you'],
  [/\b(pls|plz)\b/g, 'please'],
  [/\b(cust)\b/g, 'customer'],
  [/\b(wh?en's)\b/g, 'when is'],
]

/** Words as cues are looked for in them: lower case, one spelling of each, common slips of the keys put right. */
export function plainly(text: string): string {
  const lower = text
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll(/[\u2018\u2019`\u00B4]/g, "'")
  const spelled = contractions.reduce((words, [from, to]) => words.replaceAll(from, to), lower)
  return spelled
    .replaceAll(/[^\p{L}\p{N}&'@.%$?!,:/ -]/gu, ' ')
    .split(/\s+/)
    .map((word) => {
      const bare = /^([^a-z]*)([a-z]+)([^a-z]*)$/.exec(word)
      return bare === null ? word : `${bare[1] ?? ''}${corrected(bare[2] ?? '')}${bare[3] ?? ''}`
    })
    .join(' ')
    .trim()
}
