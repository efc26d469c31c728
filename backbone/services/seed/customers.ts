import { CreditFile, type Customer } from '../../canonical/master-data.ts'
import { draw } from './draw.ts'

type Row = readonly [name: string, street: string, city: string, region: string, postalCode: string]

const rows: readonly Row[] = [
  ['Northwind Tools Inc.', '4100 Industrial Pkwy', 'Fort Worth', 'TX', '76106'],
  ['Harbor Supply Co.', '88 Pier Street', 'Baltimore', 'MD', '21230'],
  ['Atlas MRO LLC', '1501 E 7th Street', 'Austin', 'TX', '78702'],
  ['Lakeside Fabrication', '720 W 37th Street', 'Chicago', 'IL', '60609'],
  ['Peachtree Conveyor Systems', '2250 Marietta Blvd NW', 'Atlanta', 'GA', '30318'],
  ['Sooner Pump & Well', '3311 S Meridian Ave', 'Oklahoma City', 'OK', '73119'],
  ['Great Plains Grain Handling', '905 N Mead Street', 'Wichita', 'KS', '67214'],
  ['Blue Ridge Millworks', '61 Riverside Drive', 'Asheville', 'NC', '28801'],
  ['Gulf Coast Marine Services', '1700 Harborside Drive', 'Galveston', 'TX', '77550'],
  ['Motor City Automation', '6540 St. Jean Street', 'Detroit', 'MI', '48213'],
  ['Three Rivers Steel Works', '2900 Carson Street', 'Pittsburgh', 'PA', '15203'],
  ['Cascade Timber Products', '4815 NW Front Avenue', 'Portland', 'OR', '97210'],
  ['Prairie State Foods', '1220 W Morton Avenue', 'Jacksonville', 'IL', '62650'],
  ['Ozark Water District', '340 E Sunshine Street', 'Springfield', 'MO', '65807'],
  ['Magnolia Paper Company', '1555 Mill Road', 'Pine Bluff', 'AR', '71601'],
  ['Hill Country Brewing', '902 Commerce Street', 'Fredericksburg', 'TX', '78624'],
  ['Bayou Refining Partners', '4400 Scenic Highway', 'Baton Rouge', 'LA', '70805'],
  ['Red River Elevators', '118 Main Avenue', 'Fargo', 'ND', '58103'],
  ['Keystone Packaging', '750 Pleasant Valley Road', 'Harrisburg', 'PA', '17110'],
  ['Web shop walk-in', '2400 Distribution Way', 'Dallas', 'TX', '75207'],
  ['Desert Sun Solar', '3020 E Broadway Road', 'Phoenix', 'AZ', '85040'],
  ['Front Range Mechanical', '5151 Dahlia Street', 'Denver', 'CO', '80216'],
  ['Twin Cities Hydraulics', '1401 Marshall Street NE', 'Minneapolis', 'MN', '55413'],
  ['Palmetto Textile Mills', '210 Textile Road', 'Greenville', 'SC', '29607'],
  ['Buckeye Machine & Tool', '3737 E 93rd Street', 'Cleveland', 'OH', '44105'],
  ['Hoosier Dairy Cooperative', '1850 S Harding Street', 'Indianapolis', 'IN', '46221'],
  ['Granite State Controls', '45 Perimeter Road', 'Nashua', 'NH', '03063'],
  ['Sunshine Citrus Packers', '2600 US Highway 17', 'Bartow', 'FL', '33830'],
  ['Silver Peak Mining', '77 Mine Road', 'Elko', 'NV', '89801'],
  ['Volunteer Electric Cooperative', '305 Depot Street', 'Decatur', 'TN', '37322'],
  ['Cumberland Rail Services', '1200 Chester Avenue', 'Nashville', 'TN', '37206'],
  ['Tidewater Shipyard', '3500 Shipyard Road', 'Newport News', 'VA', '23607'],
  ['Little Creek Machine Shop', '14 Creek Lane', 'Paris', 'TX', '75460'],
  ['Copper State Contractors', '1919 S Campbell Avenue', 'Tucson', 'AZ', '85713'],
  ['Evergreen School District', '13501 NE 28th Street', 'Vancouver', 'WA', '98682'],
  ['Mile High HVAC Supply', '4800 Race Street', 'Denver', 'CO', '80216'],
  ['Delta Cotton Gin', '620 Highway 82', 'Greenville', 'MS', '38701'],
  ['Badger Plastics Molding', '2929 S 128th Street', 'New Berlin', 'WI', '53151'],
  ['Empire State Elevator', '52-15 11th Street', 'Long Island City', 'NY', '11101'],
  ['Pacific Crest Wineries', '1000 Silverado Trail', 'Napa', 'CA', '94558'],
]

/** The customer that orders of the shop belong to when the shop knows nobody better. */
export const walkInCustomer = 'C-10020'

const buyerCodes: Readonly<Record<string, readonly string[]>> = {
  'C-10001': ['x12:ZZ:NORTHWIND'],
  'C-10002': ['x12:01:123456789', 'duns:123456789'],
  'C-10003': ['x12:12:5125550100'],
}

// The shop's own ids of those customers of ours who buy in the shop too.
const shopIds = new Map([
  [16, '207119551'],
  [21, '6940095564'],
  [22, '6940095571'],
  [24, '6940095588'],
  [27, '6940095595'],
  [29, '6940095601'],
  [33, '6940095618'],
  [34, '6940095625'],
  [36, '6940095632'],
  [40, '6940095649'],
])

const termsInTurn: readonly Customer['terms'][] = [
  { netDays: 30, text: 'Net 30' },
  { netDays: 30, discountPercent: '2', discountDays: 10, text: '2/10 net 30' },
  { netDays: 45, text: 'Net 45' },
]

const tiersInTurn = ['wholesale', 'contractor', undefined, undefined]

// A machine shop small enough that one motor is above its limit.
const smallCustomer = 33

function creditLimitMinor(place: number): number {
  if (place === smallCustomer) return 50_000
  return place <= 3 ? 50_000_000 : 10_000_000 + draw(`credit limit ${place}`, 30) * 1_000_000
}

function codeOf(name: string): string {
  return name
    .replaceAll(/[^A-Za-z]/g, '')
    .slice(0, 8)
    .toUpperCase()
}

function keysOf(customerNumber: string, name: string, place: number): string[] {
  const shopId = shopIds.get(place)
  return [
    `seller-assigned:${customerNumber}`,
    `buyer-assigned:${codeOf(name)}${place}`,
    ...(buyerCodes[customerNumber] ?? []),
    ...(shopId === undefined ? [] : [`shopify:${shopId}`]),
  ]
}

function seedCustomer([name, street, city, region, postalCode]: Row, index: number): Customer {
  const place = index + 1
  const customerNumber = `C-${10_000 + place}`
  const isWalkIn = customerNumber === walkInCustomer
  const address = { street: [street], city, region, postalCode, country: 'US' }
  const tier = isWalkIn ? undefined : tiersInTurn[index % tiersInTurn.length]
  return {
    customerNumber,
    name,
    status: 'active',
    ...(tier === undefined ? {} : { tier }),
    currency: 'USD',
    terms: isWalkIn ? { netDays: 0, text: 'Paid in the shop' } : (termsInTurn[index % 3] ?? {}),
    creditLimitMinor: creditLimitMinor(place),
    credit: CreditFile.parse({ openedOn: '2019-01-01' }),
    segment: 'standard',
    legalKind: isWalkIn ? 'consumer' : 'business',
    addresses: [
      { role: 'bill-to', name, address },
      { role: 'ship-to', code: `${codeOf(name)}-DOCK1`, name: `${name} Receiving`, address },
    ],
    contacts: [
      {
        role: 'accounts payable',
        name: 'Accounts Payable',
        email: `ap@${codeOf(name).toLowerCase()}.example`,
        phone: `+1-555-01${String(place).padStart(2, '0')}`,
      },
    ],
    settings: {},
    keys: keysOf(customerNumber, name, place),
  }
}

/** The forty customers of the seed, C-10001 to C-10040. */
export function seedCustomers(): Customer[] {
  return rows.map(seedCustomer)
}
