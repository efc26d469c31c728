import type { Address, Contact, Party, PartyIdentifier, PartyRole } from '../../canonical/party.ts'
import type { ReadSegment } from './segment-reader.ts'

// X12 element 98 in the trade's words; other roles stay among the unmapped.
const roles: Readonly<Record<string, PartyRole>> = {
  BY: 'buyer',
  OB: 'buyer',
  SE: 'seller',
  SU: 'seller',
  VN: 'seller',
  ST: 'ship-to',
  BT: 'bill-to',
  SF: 'ship-from',
  RE: 'remit-to',
  RI: 'remit-to',
  PR: 'payer',
  CA: 'carrier',
  EN: 'end-user',
}

// X12 element 66: who gave the number that follows.
const schemes: Readonly<Record<string, PartyIdentifier['scheme']>> = {
  '1': 'duns',
  '2': 'scac',
  '9': 'duns4',
  '91': 'seller-assigned',
  '92': 'buyer-assigned',
  UL: 'gln',
}

/** Reads an N1 loop as a party; undefined, and unread, when its role is none of ours. */
export function readParty(loop: readonly ReadSegment[]): Party | undefined {
  const [head] = loop
  const role = roles[head?.see(1) ?? '']
  if (head === undefined || role === undefined) return undefined
  head.done(1)
  const name = head.take(2, 200)
  const name2 = loop.find((segment) => segment.id === 'N2')?.take(1, 200)
  const address = readAddress(loop)
  return {
    role,
    ...(name === undefined ? {} : { name }),
    ...(name2 === undefined ? {} : { name2 }),
    identifiers: readIdentifiers(head),
    ...(address === undefined ? {} : { address }),
    contacts: loop.filter((segment) => segment.id === 'PER').map(readContact),
  }
}

function readIdentifiers(head: ReadSegment): PartyIdentifier[] {
  const value = head.take(4, 80)
  if (value === undefined) return []
  const scheme = schemes[head.see(3) ?? '']
  // The qualifier of a scheme we do not keep stays readable among the unmapped.
  if (scheme !== undefined) head.done(3)
  return [{ scheme: scheme ?? 'other', value }]
}

function readAddress(loop: readonly ReadSegment[]): Address | undefined {
  const street = loop
    .filter((segment) => segment.id === 'N3')
    .flatMap((segment) => [segment.take(1, 200), segment.take(2, 200)])
    .filter((line) => line !== undefined)
    .slice(0, 4)
  const place = loop.find((segment) => segment.id === 'N4')
  const city = place?.take(1, 100)
  const region = place?.take(2, 60)
  const postalCode = place?.take(3, 20)
  const country = /^[A-Z]{2}$/.test(place?.see(4) ?? '') ? place?.take(4) : undefined
  if (street.length === 0 && place === undefined) return undefined
  return {
    street,
    ...(city === undefined ? {} : { city }),
    ...(region === undefined ? {} : { region }),
    ...(postalCode === undefined ? {} : { postalCode }),
    ...(country === undefined ? {} : { country }),
  }
}

/** Reads a PER as a contact; numbers of other kinds than phone and mail stay among the unmapped. */
export function readContact(segment: ReadSegment): Contact {
  segment.done(1)
  const name = segment.take(2, 200)
  const phone = takeNumber(segment, 'TE', 60)
  const email = takeNumber(segment, 'EM', 254)
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
  }
}

// PER carries up to three pairs of kind (365) and number (364); the first of a kind is taken.
function takeNumber(segment: ReadSegment, kind: string, longest: number): string | undefined {
  const element = [3, 5, 7].find((at) => segment.see(at) === kind)
  const number = element === undefined ? undefined : segment.take(element + 1, longest)
  if (element !== undefined && number !== undefined) segment.done(element)
  return number
}
