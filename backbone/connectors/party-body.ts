import type { Party } from '../canonical/party.ts'

/** A party as the ERP and WMS contracts write it: a name, its number and its address. */
export function partyBody(party: Party | undefined): Readonly<Record<string, unknown>> | undefined {
  if (party === undefined) return undefined
  return {
    name: party.name,
    number: party.identifiers[0]?.value,
    street: party.address?.street,
    city: party.address?.city,
    region: party.address?.region,
    postal_code: party.address?.postalCode,
    country: party.address?.country,
  }
}
