import type { Currency } from '../../canonical/money.ts'
import { moneyText } from '../../canonical/money.ts'

const names: Readonly<Record<string, string>> = {
  order: 'The order',
  hold: 'The hold',
  cash: 'Money not put to invoices yet',
  promises: 'Promises to pay',
  disputes: 'What is contested',
  stops: 'What keeps us from writing',
  contact: 'Who gets the letter',
  'contacts-made': 'Contacts made',
  replies: 'Unread answers',
  facts: 'Figures and dates a letter may use',
  reply: 'The answer it is about',
  copies: 'The copies asked for',
}

const numbered: Readonly<Record<string, string>> = {
  supply: 'Supply of',
  stock: 'Stock of',
  deduction: 'Deduction',
  'credit-note': 'Credit note',
  transaction: 'Call',
  quarantine: 'Document set aside',
  policy: 'Policy',
  'agent-profile': 'Agent profile',
}

/** A record as people call it: `Invoice INV-7, part 2` for `invoice:INV-7:2`. */
export function recordName(record: string): string {
  const [kind = '', id = '', part = ''] = record.split(':')
  if (kind === 'invoice') return Number(part) > 1 ? `Invoice ${id}, part ${part}` : `Invoice ${id}`
  if (kind === 'price') return 'The price'
  const noun = numbered[kind]
  return names[kind] ?? (noun === undefined ? record : `${noun} ${id}`)
}

// Open, contested and promised in minor units, and the day it is due.
const invoiceVersion = /^(-?\d+):(-?\d+):(-?\d+):(\d{4}-\d{2}-\d{2})$/

function invoiceText(version: string, currency: Currency): string | undefined {
  const [, open, disputed, promised, dueOn] = invoiceVersion.exec(version) ?? []
  if (dueOn === undefined) return undefined
  const parts = [
    [open, 'open'],
    [disputed, 'contested'],
    [promised, 'promised'],
  ] as const
  const told = parts.flatMap(([minor, word]) =>
    word !== 'open' && Number(minor) === 0 ? [] : [`${moneyText(Number(minor), currency)} ${word}`],
  )
  return `${told.join(', ')}, due ${dueOn}`
}

// A digest, or several joined: it says that something is different, and nothing else.
const digest = /[0-9a-f]{16}/

/** How a record stood, in words; null where only that it changed is known, `not there` where it was not. */
export function recordText(
  record: string,
  version: string | undefined,
  currency: Currency | undefined,
): string | null {
  if (version === undefined) return 'not there'
  const invoice =
    record.startsWith('invoice:') && currency !== undefined
      ? invoiceText(version, currency)
      : undefined
  if (invoice !== undefined) return invoice
  return digest.test(version) ? null : version
}
