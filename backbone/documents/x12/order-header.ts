import type { Note, PaymentTerms, Purpose, Reference } from '../../canonical/document.ts'
import type { Finding } from '../../canonical/finding.ts'
import type { Party } from '../../canonical/party.ts'
import { sortLoops } from './loops.ts'
import { readContact, readParty } from './parties.ts'
import type { ReadSegment } from './segment-reader.ts'
import { businessWarning } from './set-reading.ts'
import { readReferences, readRequestedOn, readTerms, readTexts } from './terms.ts'

// X12 element 353. A code we cannot place is never guessed at: the order is refused with AK403 7.
const purposes: Readonly<Record<string, Purpose>> = {
  '00': 'original',
  '01': 'cancel',
  '03': 'cancel',
  '02': 'change',
  '04': 'change',
  '05': 'replace',
  '06': 'confirmation',
  '07': 'duplicate',
  '18': 'duplicate',
  '22': 'confirmation',
}

/** What the purpose code (X12 element 353) wants of us. */
export function purposeOf(code: string | undefined): Purpose | undefined {
  return purposes[code ?? '']
}

/** What the headers of an 850 and an 860 have in common. */
export type OrderHeader = {
  readonly currency: string
  readonly references: Reference[]
  readonly notes: Note[]
  readonly parties: Party[]
  readonly plain: readonly ReadSegment[]
  readonly requestedOn: string | undefined
  readonly terms: PaymentTerms | undefined
  readonly isShipComplete: boolean
  /** The buyer's own key of itself (N104 of BY, else of BT). */
  readonly customerKey: string | undefined
  readonly warnings: readonly Finding[]
}

/** Reads currency, references, dates, terms, routing, texts and parties of an order's header. */
export function readOrderHeader(
  segments: readonly ReadSegment[],
  defaultCurrency: string,
): OrderHeader {
  const { plain, parties, texts } = sortLoops(segments, 'header')
  const warnings: Finding[] = []
  const said = readTexts(plain, texts)
  const people = parties.flatMap((loop) => readParty(loop) ?? [])
  const terms = plain.find((segment) => segment.id === 'ITD')
  const completeness = plain.find((segment) => segment.id === 'CSH' && segment.see(1) === 'SC')
  // X12 element 563: SC = ship complete.
  completeness?.done(1)
  const withRouting = [...people, ...readCarriers(plain)]
  return {
    currency: readCurrency(plain, defaultCurrency, warnings),
    references: [...readReferences(plain), ...said.references],
    notes: said.notes,
    parties: withHeaderContacts(withRouting, plain),
    plain,
    requestedOn: readRequestedOn(plain),
    terms: terms === undefined ? undefined : readTerms(terms),
    isShipComplete: completeness !== undefined,
    customerKey: customerKeyOf(people),
    warnings,
  }
}

function customerKeyOf(parties: readonly Party[]): string | undefined {
  const numbered = (role: Party['role']) =>
    parties.find((party) => party.role === role && party.identifiers.length > 0)
  return (numbered('buyer') ?? numbered('bill-to'))?.identifiers[0]?.value
}

function readCurrency(
  plain: readonly ReadSegment[],
  defaultCurrency: string,
  warnings: Finding[],
): string {
  const segment = plain.find((candidate) => candidate.id === 'CUR')
  const code = segment?.see(2)
  if (segment === undefined || code === undefined) return defaultCurrency
  if (!/^[A-Z]{3}$/.test(code)) {
    const message = `CUR02 is no currency code; ${defaultCurrency} was taken.`
    warnings.push(businessWarning('CURRENCY_UNKNOWN', message, segment, 2))
    return defaultCurrency
  }
  segment.done(1, 2)
  return code
}

// TD502 2 says that TD503 is a SCAC: the carrier the buyer wants.
function readCarriers(plain: readonly ReadSegment[]): Party[] {
  return plain
    .filter((segment) => segment.id === 'TD5' && segment.see(2) === '2')
    .flatMap((segment) => {
      const scac = segment.take(3, 80)
      if (scac === undefined) return []
      segment.done(2)
      const name = segment.take(5, 200)
      return [
        {
          role: 'carrier' as const,
          ...(name === undefined ? {} : { name }),
          identifiers: [{ scheme: 'scac' as const, value: scac }],
          contacts: [],
        },
      ]
    })
}

// A PER before the first N1 speaks for the buyer; without a buyer it stays unmapped.
function withHeaderContacts(parties: readonly Party[], plain: readonly ReadSegment[]): Party[] {
  const buyer = parties.find((party) => party.role === 'buyer')
  if (buyer === undefined) return [...parties]
  const contacts = plain.filter((segment) => segment.id === 'PER').map(readContact)
  return parties.map((party) =>
    party === buyer ? { ...party, contacts: [...party.contacts, ...contacts] } : party,
  )
}
