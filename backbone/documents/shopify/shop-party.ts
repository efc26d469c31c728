import type { Address, Contact, Party } from '../../canonical/party.ts'
import type { ShopObject } from './shop-object.ts'

const sayNothing = ['id', 'customer_id', 'latitude', 'longitude', 'default', 'country_name']

// The customer's history in the shop and its address book are not the order's.
const customerHistory = [
  'accepts_marketing',
  'accepts_marketing_updated_at',
  'admin_graphql_api_id',
  'created_at',
  'currency',
  'email_marketing_consent',
  'last_order_id',
  'last_order_name',
  'marketing_opt_in_level',
  'multipass_identifier',
  'orders_count',
  'sms_marketing_consent',
  'state',
  'total_spent',
  'updated_at',
  'verified_email',
]

/** The object without its undefined fields. */
export function known<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  const kept: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {}
  return Object.assign(kept, Object.fromEntries(entries))
}

function personName(source: ShopObject): string | undefined {
  const first = source.text('first_name', 99)
  const last = source.text('last_name', 99)
  const joined = [first, last].filter((part) => part !== undefined).join(' ')
  return source.text('name') ?? (joined === '' ? undefined : joined)
}

function readAddress(source: ShopObject): Address {
  const lines = [source.text('address1'), source.text('address2')]
  const code = source.text('country_code', 2)?.toUpperCase()
  const country = code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined
  const region = source.text('province_code', 60)
  // Names repeat the codes; they are kept only where the code is missing.
  if (country !== undefined) source.skip(['country'])
  return {
    street: lines.filter((line) => line !== undefined),
    ...known({
      city: source.text('city', 100),
      region: region ?? source.text('province', 60),
      postalCode: source.text('zip', 20),
      country,
    }),
  }
}

function contactsOf(contact: Contact): Contact[] {
  return Object.keys(contact).length === 0 ? [] : [contact]
}

/** Reads where the goods or the bill go; absent when the shop sent no address. */
export function readAddressParty(source: ShopObject, role: 'ship-to' | 'bill-to'): Party[] {
  if (source.isEmpty) return []
  source.skip(sayNothing)
  const person = personName(source)
  const company = source.text('company')
  const address = readAddress(source)
  source.skip(['province'])
  const phone = source.text('phone', 60)
  // The person is the party itself where there is no company, and then named once only.
  const contact = known({ name: company === undefined ? undefined : person, phone })
  const name = company ?? person
  return [{ role, ...known({ name }), identifiers: [], address, contacts: contactsOf(contact) }]
}

/** Reads who bought: the shop's customer, or the e-mail a guest left. */
export function readBuyer(order: ShopObject, customer: ShopObject): Party[] {
  const email = order.text('email', 254) ?? order.text('contact_email', 254)
  const phone = order.text('phone', 60)
  order.skip(['contact_email'])
  customer.skip(customerHistory)
  customer.skipUsual({ tax_exempt: false })
  const home = customer.object('default_address')
  const company = home.text('company')
  home.leftOver()
  const person = personName(customer)
  const ownEmail = customer.text('email', 254)
  const contact = known({
    name: company === undefined ? undefined : person,
    email: email ?? ownEmail,
    phone: phone ?? customer.text('phone', 60),
  })
  const contacts = contactsOf(contact)
  const name = company ?? person
  if (name === undefined && contacts.length === 0) return []
  return [{ role: 'buyer', ...known({ name }), identifiers: [], contacts }]
}
