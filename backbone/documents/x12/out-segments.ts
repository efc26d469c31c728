import type { AllowanceCharge, PaymentTerms } from '../../canonical/document.ts'
import type { Item, ItemIdentifier } from '../../canonical/item.ts'
import { amountText, type DecimalText, multiplyDecimal } from '../../canonical/money.ts'
import type { Party, PartyIdentifier, PartyRole } from '../../canonical/party.ts'
import { type Quantity, uomToX12 } from '../../canonical/uom.ts'
import { NeedsPerson } from '../../errors.ts'
import type { OutSegment } from './envelope.ts'

const roleCodes: Readonly<Record<PartyRole, string>> = {
  buyer: 'BY',
  seller: 'SE',
  'ship-to': 'ST',
  'bill-to': 'BT',
  'ship-from': 'SF',
  'remit-to': 'RE',
  payer: 'PR',
  carrier: 'CA',
  'end-user': 'EN',
}

const identifierCodes: Readonly<Record<PartyIdentifier['scheme'], string>> = {
  duns: '1',
  duns4: '9',
  gln: 'UL',
  'seller-assigned': '91',
  'buyer-assigned': '92',
  scac: '2',
  vat: 'ZZ',
  other: 'ZZ',
}

/** Cuts free text to what its element holds; numbers and names that identify are never cut. */
export function shorten(text: string | undefined, longest: number): string | undefined {
  return text?.slice(0, longest).trimEnd()
}

/** Writes parties as N1 loops; a party without name and number has no place in X12. */
export function partySegments(parties: readonly Party[]): OutSegment[] {
  return parties
    .filter((party) => party.name !== undefined || party.identifiers.length > 0)
    .flatMap(partyLoop)
}

function partyLoop(party: Party): OutSegment[] {
  // N104 has at least two characters; a shorter number is left off rather than changed.
  const identifier = party.identifiers.find(({ value }) => value.length >= 2)
  const scheme = identifier === undefined ? undefined : identifierCodes[identifier.scheme]
  const name = shorten(party.name, 60)
  const segments: OutSegment[] = [['N1', roleCodes[party.role], name, scheme, identifier?.value]]
  if (party.name2 !== undefined) segments.push(['N2', shorten(party.name2, 60)])
  const street = party.address?.street.map((line) => shorten(line, 55)) ?? []
  for (let at = 0; at < street.length; at += 2) segments.push(['N3', street[at], street[at + 1]])
  const place = placeSegment(party)
  if (place !== undefined) segments.push(place)
  return segments
}

// N402 is a code of two letters; a longer region goes into N406, named as a state or province.
function placeSegment(party: Party): OutSegment | undefined {
  const { city, region, postalCode, country } = party.address ?? {}
  if (city === undefined && region === undefined && postalCode === undefined) return undefined
  const isCode = region === undefined || /^[A-Z]{2}$/.test(region)
  const named = isCode ? [] : ['SP', shorten(region, 30)]
  const cityName = city === undefined || city.length < 2 ? undefined : shorten(city, 30)
  const code = /^.{3,15}$/.test(postalCode ?? '') ? postalCode : undefined
  return ['N4', cityName, isCode ? region : undefined, code, country, ...named]
}

function itemQualifier(identifier: ItemIdentifier): string {
  switch (identifier.scheme) {
    case 'sku':
      return 'VN'
    case 'buyer':
      return 'BP'
    case 'mpn':
      return 'MG'
    case 'gtin':
      return gtinQualifier(identifier.value)
    case 'other':
      return 'ZZ'
  }
}

// X12 element 235: UP is the U.P.C. of 12 digits, EN the EAN of 13, UK the shipping code of 14.
function gtinQualifier(value: string): string {
  if (value.length === 13) return 'EN'
  return value.length === 14 ? 'UK' : 'UP'
}

/** Writes an item's numbers as pairs of qualifier and number, at most ten. */
export function itemPairs(item: Item): string[] {
  return item.identifiers
    .slice(0, 10)
    .flatMap((identifier) => [itemQualifier(identifier), identifier.value])
}

/** Writes a quantity's unit; a line that came without a unit goes back as mutually defined (ZZ). */
export function unitCode(quantity: Quantity): string {
  if (quantity.uomScheme === 'unknown') return 'ZZ'
  const code = uomToX12(quantity)
  if (code !== undefined) return code
  throw new NeedsPerson(`Unit ${quantity.uom} has no X12 code; map it for this partner.`, {
    uom: quantity.uom,
  })
}

/** Writes an amount as N2, two implied decimals; a third decimal that is not zero cannot be sent. */
export function impliedCentsText(amountMinor: number, currency: string): string {
  const cents = multiplyDecimal(amountText(amountMinor, currency), '100')
  if (/^-?\d+$/.test(cents)) return cents
  throw new NeedsPerson(
    `An amount of ${currency} has more than two decimals and fits no N2 element.`,
    {
      currency,
      amountMinor,
    },
  )
}

// X12 element 1300: C310 is a discount.
const allowanceCodes: Readonly<Record<string, string>> = { discount: 'C310' }

/** Writes an allowance or charge as SAC; a code that is none of X12 travels as mutually defined. */
export function allowanceSegment(entry: AllowanceCharge, currency: string): OutSegment {
  const known = allowanceCodes[entry.code ?? ''] ?? entry.code ?? 'OTHER'
  const isStandard = /^[A-Z]\d{3}$/.test(known)
  const code = isStandard ? [known, '', ''] : ['', 'ZZ', shorten(known, 10)]
  // SAC06 Z: the percentage is of a base both sides know.
  const percent = entry.percent === undefined ? ['', ''] : ['Z', entry.percent]
  const amount = impliedCentsText(entry.amountMinor, currency)
  const kind = entry.kind === 'allowance' ? 'A' : 'C'
  const unused = ['', '', '', '', '', '', '']
  return ['SAC', kind, ...code, amount, ...percent, ...unused, shorten(entry.description, 80)]
}

/** Writes payment terms as ITD, counted from the invoice date. */
export function termsSegment(
  terms: PaymentTerms | undefined,
  dueDate: string | undefined,
): OutSegment[] {
  if (terms === undefined && dueDate === undefined) return []
  const hasDiscount = terms?.discountPercent !== undefined && terms.discountDays !== undefined
  return [
    [
      'ITD',
      hasDiscount ? '08' : '01',
      // ITD02 3: the invoice date.
      '3',
      hasDiscount ? terms?.discountPercent : undefined,
      undefined,
      hasDiscount ? String(terms?.discountDays) : undefined,
      dueDate,
      terms?.netDays === undefined ? undefined : String(terms.netDays),
      undefined,
      undefined,
      undefined,
      undefined,
      shorten(terms?.text, 80),
    ],
  ]
}

/** Writes an item's description as PID. */
export function descriptionSegments(item: Item): OutSegment[] {
  const text = shorten(item.description, 80)
  return text === undefined || text === '' ? [] : [['PID', 'F', '', '', '', text]]
}

/** The PO105 or IT105 code of a price that is for more than one unit, or nothing when there is none. */
export function basisCode(priceBasis: DecimalText): string | undefined {
  if (priceBasis === '100') return 'HP'
  return priceBasis === '1000' ? 'TP' : undefined
}
