import { measure, type ProductRange, seriesTable, sizeTable } from './product-range.ts'

const fasteners: ProductRange = {
  code: 'FAS',
  priceDecimals: 4,
  uomFactors: { XBX: 100, XCS: 1_000 },
  usualQuantities: [50, 100, 200, 250, 500, 1_000],
  series: seriesTable([
    [
      'Hex Cap Screw, Grade 5, Zinc',
      'Ironline',
      'HC5',
      913,
      { drive: 'hex', grade: '5', material: 'steel', finish: 'zinc' },
    ],
    [
      'Hex Cap Screw, Grade 8, Yellow Zinc',
      'Ironline',
      'HC8',
      1_287,
      { drive: 'hex', grade: '8', material: 'alloy steel', finish: 'yellow zinc' },
    ],
    [
      'Hex Cap Screw, 316 Stainless',
      'Ironline',
      'HCS',
      3_416,
      { drive: 'hex', grade: 'A4-70', material: '316 stainless', finish: 'plain' },
    ],
    [
      'Socket Head Cap Screw, Alloy',
      'Kestrel',
      'SHA',
      1_874,
      { drive: 'hex socket', grade: '12.9', material: 'alloy steel', finish: 'black oxide' },
    ],
    [
      'Button Head Socket Screw, 18-8 Stainless',
      'Kestrel',
      'BHS',
      2_236,
      { drive: 'hex socket', grade: 'A2-70', material: '18-8 stainless', finish: 'plain' },
    ],
    [
      'Flange Bolt, Grade 8, Zinc',
      'Ironline',
      'FB8',
      1_742,
      { drive: 'hex', grade: '8', material: 'alloy steel', finish: 'zinc' },
    ],
    [
      'Carriage Bolt, Grade 5, Galvanized',
      'Ironline',
      'CB5',
      1_138,
      { drive: 'none', grade: '5', material: 'steel', finish: 'hot-dip galvanized' },
    ],
  ]),
  sizes: sizeTable([
    ['1/4-20 x 1 in', 1_000, { thread: '1/4-20', length: measure('1', 'INH') }],
    ['5/16-18 x 1 in', 1_420, { thread: '5/16-18', length: measure('1', 'INH') }],
    ['3/8-16 x 1-1/2 in', 2_150, { thread: '3/8-16', length: measure('1.5', 'INH') }],
    ['1/2-13 x 2 in', 4_380, { thread: '1/2-13', length: measure('2', 'INH') }],
    ['5/8-11 x 2-1/2 in', 8_260, { thread: '5/8-11', length: measure('2.5', 'INH') }],
    ['3/4-10 x 3 in', 13_900, { thread: '3/4-10', length: measure('3', 'INH') }],
    ['M8-1.25 x 30 mm', 1_610, { thread: 'M8-1.25', length: measure('30', 'MMT') }],
    ['M10-1.5 x 40 mm', 2_540, { thread: 'M10-1.5', length: measure('40', 'MMT') }],
    ['M12-1.75 x 50 mm', 4_120, { thread: 'M12-1.75', length: measure('50', 'MMT') }],
  ]),
}

const bearings: ProductRange = {
  code: 'BRG',
  priceDecimals: 3,
  uomFactors: { XPK: 10, XCS: 24 },
  usualQuantities: [4, 6, 10, 12, 24, 48],
  series: seriesTable([
    [
      'Deep Groove Ball Bearing 62, Open',
      'Rollmark',
      '62',
      42_150,
      { type: 'deep groove ball', seal: 'open' },
    ],
    [
      'Deep Groove Ball Bearing 62, Two Seals',
      'Rollmark',
      '622RS',
      51_370,
      { type: 'deep groove ball', seal: '2RS' },
    ],
    [
      'Deep Groove Ball Bearing 62, Two Shields',
      'Rollmark',
      '62ZZ',
      48_260,
      { type: 'deep groove ball', seal: 'ZZ' },
    ],
    [
      'Deep Groove Ball Bearing 63, Two Seals',
      'Rollmark',
      '632RS',
      68_490,
      { type: 'deep groove ball', seal: '2RS' },
    ],
    [
      'Angular Contact Bearing 72',
      'Norvik',
      '72B',
      143_520,
      { type: 'angular contact', seal: 'open' },
    ],
    [
      'Cylindrical Roller Bearing NU2',
      'Norvik',
      'NU2',
      187_340,
      { type: 'cylindrical roller', seal: 'open' },
    ],
    [
      'Tapered Roller Bearing 302',
      'Norvik',
      '302',
      96_830,
      { type: 'tapered roller', seal: 'open' },
    ],
  ]),
  sizes: sizeTable(
    [10, 12, 15, 17, 20, 25, 30, 35, 40].map((bore, place) => [
      `${bore} mm Bore`,
      [1_000, 1_050, 1_130, 1_220, 1_460, 1_730, 2_280, 2_970, 3_640][place] ?? 1_000,
      { bore: measure(String(bore), 'MMT') },
    ]),
  ),
}

const tools: ProductRange = {
  code: 'TLS',
  priceDecimals: 2,
  uomFactors: { XBX: 6, XCS: 36 },
  usualQuantities: [1, 2, 4, 6, 12],
  series: seriesTable([
    ['Combination Wrench', 'Forgewell', 'CW', 91_500, { tool: 'wrench', points: 12 }],
    ['Ratcheting Wrench', 'Forgewell', 'RW', 176_400, { tool: 'wrench', points: 12 }],
    ['Deep Socket, 1/2 in Drive', 'Forgewell', 'DS', 68_200, { tool: 'socket', drive: '1/2 in' }],
    ['Impact Socket, 1/2 in Drive', 'Forgewell', 'IS', 84_700, { tool: 'socket', drive: '1/2 in' }],
    [
      'Cobalt Jobber Drill Bit',
      'Sharpline',
      'JD',
      57_300,
      { tool: 'drill bit', material: 'cobalt' },
    ],
    [
      'Four-Flute Carbide End Mill',
      'Sharpline',
      'EM',
      243_800,
      { tool: 'end mill', material: 'carbide', flutes: 4 },
    ],
    ['Spiral Point Tap', 'Sharpline', 'TP', 112_600, { tool: 'tap', material: 'high-speed steel' }],
  ]),
  sizes: sizeTable([
    ['1/4 in', 1_000, { size: measure('0.25', 'INH') }],
    ['5/16 in', 1_080, { size: measure('0.3125', 'INH') }],
    ['3/8 in', 1_170, { size: measure('0.375', 'INH') }],
    ['7/16 in', 1_290, { size: measure('0.4375', 'INH') }],
    ['1/2 in', 1_430, { size: measure('0.5', 'INH') }],
    ['9/16 in', 1_610, { size: measure('0.5625', 'INH') }],
    ['5/8 in', 1_840, { size: measure('0.625', 'INH') }],
    ['3/4 in', 2_260, { size: measure('0.75', 'INH') }],
    ['7/8 in', 2_790, { size: measure('0.875', 'INH') }],
  ]),
}

const safety: ProductRange = {
  code: 'SFT',
  priceDecimals: 2,
  uomFactors: { XPK: 12, XCS: 72 },
  usualQuantities: [6, 12, 24, 36, 72],
  series: seriesTable([
    [
      'Cut-Resistant Glove, A4',
      'Guardwell',
      'CG4',
      72_400,
      { item: 'glove', standard: 'ANSI/ISEA 105 A4' },
    ],
    ['Nitrile-Coated Work Glove', 'Guardwell', 'NG', 31_800, { item: 'glove', standard: 'EN 388' }],
    [
      'Chemical-Resistant Gauntlet',
      'Guardwell',
      'CHG',
      118_900,
      { item: 'glove', standard: 'EN 374' },
    ],
    [
      'High-Visibility Vest, Class 2',
      'Brightway',
      'HV2',
      94_500,
      { item: 'vest', standard: 'ANSI/ISEA 107 Class 2' },
    ],
    [
      'High-Visibility Rain Jacket, Class 3',
      'Brightway',
      'RJ3',
      412_700,
      { item: 'jacket', standard: 'ANSI/ISEA 107 Class 3' },
    ],
    [
      'Flame-Resistant Coverall',
      'Brightway',
      'FRC',
      876_300,
      { item: 'coverall', standard: 'NFPA 2112' },
    ],
    [
      'Arc-Rated Work Shirt, 8 cal',
      'Brightway',
      'AR8',
      523_400,
      { item: 'shirt', standard: 'NFPA 70E CAT 2' },
    ],
  ]),
  sizes: sizeTable(
    ['XS', 'S', 'M', 'L', 'XL', '2XL', '3XL', '4XL', '5XL'].map((size, place) => [
      `Size ${size}`,
      1_000 + Math.max(0, place - 4) * 60,
      { size },
    ]),
  ),
}

/** Fasteners, bearings, tools and safety gear. */
export const mechanicalRanges: readonly ProductRange[] = [fasteners, bearings, tools, safety]
