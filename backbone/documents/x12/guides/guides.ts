import { type Guide, parseUses, type Use } from '../guide.ts'
import { type Release, releaseOf, segmentsByRelease } from './dictionary.ts'

// Reading the layouts: ! mandatory, * without limit, /n at most n times, ( ) a loop named by its first segment.

const itemPartners =
  '(N1/200 N2/2 N3/2 N4 NX2* REF/12 PER/3 SI* DTM FOB SCH/200 TD1/2 TD5/12 TD3/12 TD4/5 QTY* PKG/200)'
const subLines =
  '(SLN/1000 MSG* SI* PID/1000 PO3/104 TC2* ADV* DTM/10 CTP/25 PAM/10 PO4 TAX/3 (SAC/25 CTP) (QTY* SI*) (N9* DTM* MSG*) (N1/10 N2/2 N3/2 N4 NX2 REF/12 PER/3 SI*))'
const headerPartners =
  '(N1/200 N2/2 N3/2 N4* NX2* REF/12 PER* SI* FOB TD1/2 TD5/12 TD3/12 TD4/5 PKG/200 MSG*)'
const headerTransport = 'PID/200 MEA/40 PWK/25 PKG/200 TD1/2 TD5/12 TD3/12 TD4/5 MAN/10'

function itemBody(quantities: string): string {
  return `LIN* SI* CUR CN1 PO3/25 (CTP* CUR) PAM/10 MEA/40 (PID/1000 MEA/10) PWK/25 PO4* REF* PER/3
    (SAC/25 CUR CTP) IT8/25 CSH* ITD/2 DIS/20 INC TAX* FOB* SDQ/500 IT3/5 DTM/10 TC2* TD1 TD5/12 TD3/12
    TD4/5 PCT* MAN/10 MSG* SPI* TXI* CTB* (QTY* SI*) ${quantities} (PKG/200 MEA*) LS (LDT* QTY* MSG REF*) LE
    (N9/1000 DTM* MEA/40 MSG/1000) ${itemPartners} ${subLines} (AMT* REF* PCT) (LM* LQ*)`
}

function orderLayout(beginning: string, line: string): string {
  return `ST! ${beginning} CUR REF* PER/3 TAX* FOB* CTP* PAM/10 CSH/5 TC2* (SAC/25 CUR) ITD* DIS/20 INC
    DTM/10 LDT/12 LIN/5 SI* ${headerTransport} PCT* CTB/5 TXI* (AMT* REF* DTM PCT*)
    (N9/1000 DTM* MSG/1000 PWK* EFI*) ${headerPartners} (LM* LQ*) (SPI* REF/5 DTM/5 MSG/50) (ADV* DTM* MTX*)
    (${line}/10000 ${itemBody('(SCH/200 TD1/2 TD5/12 TD3/12 TD4/5 REF*)')})
    (CTT AMT) SE!`
}

const acknowledgementLayout = `ST! BAK! CUR REF* PER/3 TAX* FOB* CTP* PAM/10 CSH/5 (SAC/25 CUR) ITD* DIS/20 INC
  DTM/10 LDT/12 LIN/5 SI* ${headerTransport} TXI* CTB* (N9/1000 DTM* MSG/1000) ${headerPartners} (ADV* DTM* MTX*)
  (PO1/100000 ${itemBody('(ACK/104 DTM) (SCH/200 TD1/2 TD5/12 TD3/12 TD4/5 REF*)')})
  (CTT AMT) SE!`

const shipNoticeLayout = `ST! BSN! DTM/10
  (HL!/200000 LIN SN1 SLN/1000 PRF PO4 PID/200 MEA/40 PWK/25 PKG/25 TD1/20 TD5/12 TD3/12 TD4/5 TSD REF* PER/3
    (CLD/200 REF/200 DTM) MAN/10 DTM/10 FOB PAL (N1/200 N2/2 N3/2 N4 REF/12 PER/3 FOB) SDQ/50 (SAC* CUR))
  CTT SE!`

const invoiceLayout = `ST! BIG! NTE/100 CUR REF/12 YNQ/10 PER/3 (N1/200 N2/2 N3/2 N4 REF/12 PER/3 DMG) ITD* DTM/10
  FOB PID/200 MEA/40 PWK/25 PKG/25 L7 BAL* INC PAM* (LM/10 LQ/100) (N9 MSG/10)
  (IT1/200000 CRC QTY/5 CUR IT3/5 TXI/10 CTP/25 PAM/10 MEA/40 (PID/1000 MEA/10) PWK/25 PKG/25 PO4 ITD/2 REF*
    YNQ/10 PER/5 SDQ/500 DTM/10 CAD* L7* SR (SAC/25 TXI/10) (SLN/1000 DTM REF* PID/1000 SAC/25 TC2/2 TXI/10)
    (N1/200 N2/2 N3/2 N4 REF/12 PER/3 DMG) (LM/10 LQ/100))
  TDS! TXI/10 CAD AMT* (SAC/25 TXI/10) (ISS* PID) CTT SE!`

const layouts: Readonly<Record<string, (release: Release) => string>> = {
  // 003xxx still had NTE after the beginning segment; 004010 moved free text into N9/MSG.
  '850': (release) => orderLayout(release === 'before-4010' ? 'BEG! NTE/100' : 'BEG!', 'PO1!'),
  '860': (release) => orderLayout(release === 'before-4010' ? 'BCH! NTE/100' : 'BCH!', 'POC'),
  '855': () => acknowledgementLayout,
  '856': () => shipNoticeLayout,
  '810': () => invoiceLayout,
  '824': () =>
    `ST! BGN! (N1* N2/2 N3/2 N4 REF/12 PER/3)
    (OTI!* REF/12 DTM/2 PER/3 AMT/10 QTY/10 NM1* (TED* NTE/100 CTX/10 RED/100) (LM* LQ*)) SE!`,
  '997': () => 'ST! AK1! (AK2/999999 (AK3/999999 AK4/99) AK5!) AK9! SE!',
  '999': () => 'ST! AK1! (AK2* (IK3* CTX/10 (IK4* CTX/10)) IK5!) AK9! SE!',
}

function buildGuide(set: string, release: Release): Guide | undefined {
  const layout = layouts[set]
  if (layout === undefined) return undefined
  const uses = parseUses(layout(release))
  return { set, uses, segments: segmentsByRelease[release], members: new Set(memberIds(uses)) }
}

function memberIds(uses: readonly Use[]): string[] {
  return uses.flatMap((use) => [use.id, ...memberIds(use.loop ?? [])])
}

const releases: readonly Release[] = ['before-4010', '4010', '5010']
const guides: ReadonlyMap<string, Guide> = new Map(
  Object.keys(layouts).flatMap((set) =>
    releases.flatMap((release) => {
      const guide = buildGuide(set, release)
      return guide === undefined ? [] : [[`${set}/${release}`, guide] as const]
    }),
  ),
)

/** The guide of a transaction set in the version of its group (GS08), where we have one. */
export function guideFor(set: string, version: string): Guide | undefined {
  return guides.get(`${set}/${releaseOf(version)}`)
}

/** Segments of the standard outside our guides: known to X12, yet never part of our transaction sets. */
export const otherSegments: ReadonlySet<string> = new Set(
  `AAA ACT AD1 ADI AIN AMT AT1 AT5 AT7 AT8 ATH B1 B2 B2A B3 B4 B10 BCA BCD BCH BCT BDD BEP BFR BGN BHT BIA BIG BMG
  BPA BPR BPT BQT BRA BRR BSR BSS BTC BTI BTR C3 CAS CB1 CD CL1 CLD CLI CLM CLP CN1 COB CR1 CR2 CRC CS CTT CUR DED
  DMG DPN DSB DTP EB EM ENT EQ EQD ERP FA1 FA2 FRM FST G01 G05 G17 G23 G25 G31 G33 G39 G43 G45 G50 G53 G54 G61 G62
  G66 G68 G69 G70 G72 G76 GID H1 H2 H3 HCP HCR HI HL HSD IDC III INS INV IT1 IT8 ITA ITD JIL K1 K3 L0 L1 L3 L4 L5 L7
  L8 L9 L10 L11 LC LCD LCT LDT LE LH1 LIN LOC LOX LP LQ LS LTR LUI LX M1 M2 M3 M7 M10 M11 MAN MCD MEA MIA MOA MPI MS1
  MS2 MS3 MSG MTX N1 N2 N3 N4 N5 N7 N8 N9 N10 NM1 NTE NX1 NX2 OI OID OTI OTX PAD PAL PAM PAT PAY PCT PDI PER PID PKG
  PLA PLB PLD PO1 PO3 PO4 POC POD PRF PRV PS1 PSD PTD PTS PWK PYD QTY R1 R2 R3 R4 RCD RDM REF RMR RMT S5 SAC SBR SCH
  SDP SDQ SE SER SHP SI SLN SN1 SPI SPR STC SV1 SV2 SV3 SVC SVD TAX TC2 TD1 TD3 TD4 TD5 TDS TED TIS TOO TRN TS2 TS3
  TSD TSU TXI TXN TXP UIT UM V1 V2 V3 V4 VC VEH W01 W03 W04 W05 W06 W08 W09 W12 W20 W27 W28 W66 W76 W82 XQ YNQ ZA`.split(
    /\s+/,
  ),
)
