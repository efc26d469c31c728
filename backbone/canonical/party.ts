import { z } from 'zod'

/** What a party does in a document. */
export const PartyRole = z.enum([
  'buyer',
  'seller',
  'ship-to',
  'bill-to',
  'ship-from',
  'remit-to',
  'payer',
  'carrier',
  'end-user',
])
export type PartyRole = z.infer<typeof PartyRole>

/** A number that names a party, with the list it is from (X12 N103, ISO 6523, our own customer numbers). */
export const PartyIdentifier = z.object({
  scheme: z.enum([
    'duns',
    'duns4',
    'gln',
    'seller-assigned',
    'buyer-assigned',
    'vat',
    'scac',
    'other',
  ]),
  value: z.string().min(1).max(80),
})
export type PartyIdentifier = z.infer<typeof PartyIdentifier>

/** A postal address; region is the state or province code, country ISO 3166-1 alpha-2. */
export const Address = z.object({
  street: z.array(z.string().max(200)).max(4).default([]),
  city: z.string().max(100).optional(),
  region: z.string().max(60).optional(),
  postalCode: z.string().max(20).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
})
export type Address = z.infer<typeof Address>

/** A person or desk to reach. */
export const Contact = z.object({
  name: z.string().max(200).optional(),
  email: z.string().max(254).optional(),
  phone: z.string().max(60).optional(),
})
export type Contact = z.infer<typeof Contact>

/** A party of a document or line. */
export const Party = z.object({
  role: PartyRole,
  name: z.string().max(200).optional(),
  name2: z.string().max(200).optional(),
  identifiers: z.array(PartyIdentifier).default([]),
  address: Address.optional(),
  contacts: z.array(Contact).default([]),
})
export type Party = z.infer<typeof Party>
