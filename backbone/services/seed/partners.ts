import type { Partner } from '../../canonical/master-data.ts'
import { walkInCustomer } from './customers.ts'

type Row = readonly [
  partnerId: string,
  name: string,
  kind: Partner['kind'],
  identifiers: readonly string[],
  customerNumber?: string,
]

const rows: readonly Row[] = [
  ['northwind-tools', 'Northwind Tools Inc.', 'customer', ['x12:ZZ:NORTHWIND'], 'C-10001'],
  [
    'harbor-supply',
    'Harbor Supply Co.',
    'customer',
    ['x12:01:123456789', 'duns:123456789'],
    'C-10002',
  ],
  ['atlas-mro', 'Atlas MRO LLC', 'customer', ['x12:12:5125550100'], 'C-10003'],
  ['lakeside-fabrication', 'Lakeside Fabrication', 'customer', ['x12:ZZ:LAKESIDEFAB'], 'C-10004'],
  ['peachtree-conveyor', 'Peachtree Conveyor Systems', 'customer', ['duns:987654321'], 'C-10005'],
  [
    'meridian-shop',
    'Meridian web shop',
    'shop',
    ['meridian-industrial.myshopify.example'],
    walkInCustomer,
  ],
  ['rollmark-bearings', 'Rollmark Bearings', 'supplier', ['x12:ZZ:ROLLMARK']],
  ['voltra-motors', 'Voltra Motors', 'supplier', ['x12:ZZ:VOLTRA']],
  ['lonestar-freight', 'Lone Star Freight Lines', 'carrier', ['scac:LSFL']],
  ['interline-parcel', 'Interline Parcel', 'carrier', ['scac:ILPX']],
  ['dallas-warehouse', 'Dallas distribution center', 'warehouse', ['DAL']],
  ['first-commerce-bank', 'First Commerce Bank', 'bank', ['aba:000000000']],
]

/** The twelve trading partners of the seed. */
export function seedPartners(): Partner[] {
  return rows.map(([partnerId, name, kind, identifiers, customerNumber]) => ({
    partnerId,
    name,
    kind,
    ...(customerNumber === undefined ? {} : { customerNumber }),
    identifiers: [...identifiers],
    policy: {},
  }))
}
