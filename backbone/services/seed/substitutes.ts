import { ClassRule, Demand, SubstitutionRule, Supply } from '../../canonical/availability-data.ts'
import { addDays } from '../../canonical/calendar.ts'
import type { IsoDate } from '../../canonical/document.ts'

type Roles = Readonly<Partial<Record<ClassRule['attributes'][number]['role'], readonly string[]>>>

const roles = (productClass: string, byRole: Roles): ClassRule =>
  ClassRule.parse({
    productClass,
    attributes: Object.entries(byRole).flatMap(([role, names]) =>
      names.map((name) => ({ name, role })),
    ),
  })

/** What must agree in each class of the seed for one product to stand in for another. */
export function seedClassRules(): ClassRule[] {
  return [
    roles('FAS', {
      'safety-equal': ['thread'],
      'required-equal': ['drive', 'length'],
      'at-least': ['grade'],
      informative: ['material', 'finish'],
    }),
    roles('BRG', { 'required-equal': ['type', 'bore', 'seal'] }),
    roles('MTR', {
      'safety-equal': ['voltage', 'phase'],
      'required-equal': ['speed', 'enclosure'],
      'at-least': ['power'],
    }),
    roles('VLV', {
      'safety-equal': ['pressure'],
      'required-equal': ['type', 'size', 'connection'],
      informative: ['material'],
    }),
    roles('PMP', {
      'safety-equal': ['voltage', 'phase'],
      'required-equal': ['type', 'material'],
      'at-least': ['flow'],
    }),
    roles('CBL', {
      'safety-equal': ['voltage'],
      'required-equal': ['type', 'conductors', 'gauge', 'length', 'isShielded'],
    }),
    roles('SFT', { 'safety-equal': ['standard'], 'required-equal': ['item', 'size'] }),
    roles('TLS', {
      'required-equal': ['tool', 'size', 'drive', 'material', 'flutes'],
      'at-least': ['points'],
    }),
  ]
}

/** What the seed's sales desk has written down about single products. */
export function seedSubstitutionRules(): SubstitutionRule[] {
  const sealed = { kind: 'functional', sku: 'BRG-1007' }
  return [
    {
      ...sealed,
      ruleId: 'SUB-BRG-1',
      substituteSku: 'BRG-1016',
      reason: 'the same bearing with two seals',
    },
    {
      ...sealed,
      ruleId: 'SUB-BRG-2',
      substituteSku: 'BRG-1025',
      reason: 'the same bearing with two shields',
    },
    {
      ...{ ruleId: 'SUB-MTR-1', kind: 'approved', sku: 'MTR-1013', substituteSku: 'MTR-1014' },
      ...{ customerNumber: 'C-10001', isStanding: true, reason: 'agreed with the plant engineer' },
    },
    {
      ...{ ruleId: 'SUB-SFT-1', kind: 'irreplaceable', sku: 'SFT-1046' },
      reason: 'the coverall is certified with the rest of its set',
    },
  ].map((rule) => SubstitutionRule.parse(rule))
}

/** What the warehouses of the seed expect of products they have none of. */
export function seedSupplies(today: IsoDate): Supply[] {
  const expected = [
    ['PO-88101', 'SFT-1033', 'DAL', 300, 3],
    ['PO-88102', 'FAS-1040', 'DAL', 2_000, 5],
    ['PO-88103', 'VLV-1021', 'CHI', 150, 6],
    ['PO-88104', 'BRG-1007', 'DAL', 200, 9],
    ['PO-88105', 'MTR-1013', 'ATL', 40, 12],
  ] as const
  return expected.map(([supplyId, sku, warehouse, quantityEach, days]) =>
    Supply.parse({ supplyId, sku, warehouse, quantityEach, expectedOn: addDays(today, days) }),
  )
}

/** What of it is spoken for by a plant the seed supplies under contract. */
export function seedDemands(today: IsoDate): Demand[] {
  return [
    Demand.parse({
      ...{ demandId: 'RES-4410', sku: 'VLV-1021', warehouse: 'CHI', quantityEach: 60 },
      ...{ neededOn: addDays(today, 8), reference: 'Blanket order of Bayou Refining Partners' },
    }),
  ]
}
