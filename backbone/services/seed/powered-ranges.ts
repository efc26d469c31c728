import { measure, type ProductRange, seriesTable, sizeTable } from './product-range.ts'

const motors: ProductRange = {
  code: 'MTR',
  priceDecimals: 2,
  uomFactors: { XPX: 8 },
  usualQuantities: [1, 1, 2, 3, 4],
  series: seriesTable([
    [
      'TEFC Motor, 230/460 V, 3-Phase, 1800 rpm',
      'Voltra',
      'T18',
      1_843_000,
      { voltage: '230/460', phase: 3, speed: measure('1800', 'RPM'), enclosure: 'TEFC' },
    ],
    [
      'TEFC Motor, 230/460 V, 3-Phase, 3600 rpm',
      'Voltra',
      'T36',
      1_761_000,
      { voltage: '230/460', phase: 3, speed: measure('3600', 'RPM'), enclosure: 'TEFC' },
    ],
    [
      'Motor, 575 V, 3-Phase, 1800 rpm',
      'Voltra',
      'V57',
      1_974_000,
      { voltage: '575', phase: 3, speed: measure('1800', 'RPM'), enclosure: 'TEFC' },
    ],
    [
      'Motor, 460 V, 3-Phase, Inverter Duty',
      'Voltra',
      'ID4',
      2_386_000,
      { voltage: '460', phase: 3, speed: measure('1800', 'RPM'), enclosure: 'TENV' },
    ],
    [
      'Motor, 115/230 V, Single-Phase',
      'Daleson',
      'S12',
      1_528_000,
      { voltage: '115/230', phase: 1, speed: measure('1800', 'RPM'), enclosure: 'ODP' },
    ],
    [
      'Farm-Duty Motor, 230 V, Single-Phase',
      'Daleson',
      'FD2',
      2_194_000,
      { voltage: '230', phase: 1, speed: measure('1800', 'RPM'), enclosure: 'TEFC' },
    ],
    [
      'Washdown Motor, 230/460 V, 3-Phase',
      'Daleson',
      'WD3',
      3_062_000,
      { voltage: '230/460', phase: 3, speed: measure('1800', 'RPM'), enclosure: 'TENV' },
    ],
  ]),
  sizes: sizeTable(
    ['0.5', '0.75', '1', '1.5', '2', '3', '5', '7.5', '10'].map((power, place) => [
      `${power} hp`,
      [1_000, 1_110, 1_240, 1_460, 1_690, 2_130, 2_940, 4_170, 5_280][place] ?? 1_000,
      { power: measure(power, 'BHP') },
    ]),
  ),
}

const valves: ProductRange = {
  code: 'VLV',
  priceDecimals: 2,
  uomFactors: { XBX: 10, XCS: 40 },
  usualQuantities: [2, 5, 10, 20, 40],
  series: seriesTable([
    [
      'Brass Ball Valve, 600 WOG, Threaded',
      'Harrow',
      'BB6',
      78_300,
      { type: 'ball', material: 'brass', pressure: measure('600', 'PS'), connection: 'NPT' },
    ],
    [
      'Stainless Ball Valve, 1000 WOG, Threaded',
      'Harrow',
      'SB1',
      214_600,
      {
        type: 'ball',
        material: '316 stainless',
        pressure: measure('1000', 'PS'),
        connection: 'NPT',
      },
    ],
    [
      'Brass Press Ball Valve, 250 psi',
      'Harrow',
      'PB2',
      136_900,
      { type: 'ball', material: 'brass', pressure: measure('250', 'PS'), connection: 'press' },
    ],
    [
      'Bronze Gate Valve, Class 125',
      'Milford',
      'BG1',
      187_200,
      { type: 'gate', material: 'bronze', pressure: measure('200', 'PS'), connection: 'NPT' },
    ],
    [
      'Bronze Swing Check Valve, Class 125',
      'Milford',
      'BC1',
      163_500,
      { type: 'check', material: 'bronze', pressure: measure('200', 'PS'), connection: 'NPT' },
    ],
    [
      'Stainless Needle Valve, 6000 psi',
      'Milford',
      'SN6',
      396_800,
      {
        type: 'needle',
        material: '316 stainless',
        pressure: measure('6000', 'PS'),
        connection: 'NPT',
      },
    ],
    [
      'Bronze Globe Valve, Class 150',
      'Milford',
      'BGL',
      284_100,
      { type: 'globe', material: 'bronze', pressure: measure('300', 'PS'), connection: 'NPT' },
    ],
  ]),
  sizes: sizeTable([
    ['1/4 in', 1_000, { size: measure('0.25', 'INH') }],
    ['3/8 in', 1_060, { size: measure('0.375', 'INH') }],
    ['1/2 in', 1_180, { size: measure('0.5', 'INH') }],
    ['3/4 in', 1_570, { size: measure('0.75', 'INH') }],
    ['1 in', 2_240, { size: measure('1', 'INH') }],
    ['1-1/4 in', 3_410, { size: measure('1.25', 'INH') }],
    ['1-1/2 in', 4_460, { size: measure('1.5', 'INH') }],
    ['2 in', 6_730, { size: measure('2', 'INH') }],
    ['2-1/2 in', 11_380, { size: measure('2.5', 'INH') }],
  ]),
}

const pumps: ProductRange = {
  code: 'PMP',
  priceDecimals: 2,
  uomFactors: { XPX: 6 },
  usualQuantities: [1, 1, 1, 2, 3],
  series: seriesTable([
    [
      'Close-Coupled Centrifugal Pump, Cast Iron',
      'Tidewell',
      'CC',
      3_164_000,
      { type: 'centrifugal', material: 'cast iron', voltage: '230/460', phase: 3 },
    ],
    [
      'Centrifugal Pump, 316 Stainless',
      'Tidewell',
      'CS',
      5_872_000,
      { type: 'centrifugal', material: '316 stainless', voltage: '230/460', phase: 3 },
    ],
    [
      'Submersible Sump Pump, 115 V',
      'Tidewell',
      'SS',
      1_893_000,
      { type: 'submersible', material: 'cast iron', voltage: '115', phase: 1 },
    ],
    [
      'Submersible Sewage Pump, 230 V',
      'Tidewell',
      'SW',
      4_217_000,
      { type: 'submersible', material: 'cast iron', voltage: '230', phase: 1 },
    ],
    [
      'Self-Priming Trash Pump',
      'Borealis',
      'TP',
      6_438_000,
      { type: 'self-priming', material: 'cast iron', voltage: '230/460', phase: 3 },
    ],
    [
      'Air-Operated Diaphragm Pump, Polypropylene',
      'Borealis',
      'DP',
      4_986_000,
      { type: 'diaphragm', material: 'polypropylene' },
    ],
    [
      'Inline Circulator Pump, Bronze',
      'Borealis',
      'IC',
      2_741_000,
      { type: 'circulator', material: 'bronze', voltage: '115', phase: 1 },
    ],
  ]),
  sizes: sizeTable(
    ['10', '20', '35', '50', '75', '100', '150', '200', '300'].map((flow, place) => [
      `${flow} gpm`,
      [1_000, 1_140, 1_290, 1_480, 1_760, 2_090, 2_640, 3_180, 4_270][place] ?? 1_000,
      { flow: measure(flow, 'G2') },
    ]),
  ),
}

const cable: ProductRange = {
  code: 'CBL',
  priceDecimals: 2,
  uomFactors: { XPX: 24 },
  usualQuantities: [1, 2, 4, 6, 10],
  series: seriesTable([
    [
      'THHN Building Wire, Stranded Copper',
      'Copperline',
      'TH',
      312_600,
      { type: 'THHN', conductors: 1, voltage: '600', isShielded: false },
    ],
    [
      'XHHW-2 Building Wire, Stranded Copper',
      'Copperline',
      'XH',
      374_900,
      { type: 'XHHW-2', conductors: 1, voltage: '600', isShielded: false },
    ],
    [
      'MTW Machine Tool Wire',
      'Copperline',
      'MT',
      341_200,
      { type: 'MTW', conductors: 1, voltage: '600', isShielded: false },
    ],
    [
      'SOOW Portable Cord, 3 Conductors',
      'Copperline',
      'SO',
      986_300,
      { type: 'SOOW', conductors: 3, voltage: '600', isShielded: false },
    ],
    [
      'Tray Cable TC-ER, 4 Conductors',
      'Lattice',
      'TC',
      1_287_500,
      { type: 'TC-ER', conductors: 4, voltage: '600', isShielded: false },
    ],
    [
      'Shielded Drive Cable, 4 Conductors',
      'Lattice',
      'VF',
      1_946_800,
      { type: 'VFD', conductors: 4, voltage: '1000', isShielded: true },
    ],
    [
      'Bare Copper Ground Wire',
      'Lattice',
      'BC',
      268_400,
      { type: 'bare', conductors: 1, voltage: '0', isShielded: false },
    ],
  ]),
  sizes: sizeTable(
    ['18', '16', '14', '12', '10', '8', '6', '4', '2'].map((gauge, place) => [
      `${gauge} AWG, 250 ft Spool`,
      [1_000, 1_190, 1_430, 1_980, 2_870, 4_360, 6_540, 9_870, 14_930][place] ?? 1_000,
      { gauge: measure(gauge, 'AWG'), length: measure('250', 'FOT') },
    ]),
  ),
}

/** Motors, valves, pumps and cable. */
export const poweredRanges: readonly ProductRange[] = [motors, valves, pumps, cable]
