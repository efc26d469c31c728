import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function encode(value: number, length: number): string {
  let rest = value
  let text = ''
  for (let place = 0; place < length; place += 1) {
    text = `${alphabet[rest % 32] ?? '0'}${text}`
    rest = Math.floor(rest / 32)
  }
  return text
}

// Random bytes are drawn for many ids at once: asking for ten at a time is most of what an id costs.
const bytesOfId = 10
let drawn = randomBytes(0)
let used = 0

/** Eighty random bits, five a letter. */
function randomText(): string {
  if (used + bytesOfId > drawn.length) {
    drawn = randomBytes(bytesOfId * 400)
    used = 0
  }
  const left = drawn.readUIntBE(used, 5)
  const right = drawn.readUIntBE(used + 5, 5)
  used += bytesOfId
  return `${encode(left, 8)}${encode(right, 8)}`
}

/** What an id names; ids sort by the moment they were made (48-bit milliseconds, then 80 random bits). */
export type IdKind =
  | 'rcp'
  | 'doc'
  | 'ord'
  | 'hld'
  | 'txn'
  | 'qrn'
  | 'pck'
  | 'shp'
  | 'inv'
  | 'pay'
  | 'con'
  | 'crd'
  | 'ntc'
  | 'evt'
  | 'sub'
  | 'crv'
  | 'dct'
  | 'drp'
  | 'prm'
  | 'dsp'
  | 'stp'
  | 'rma'
  | 'crn'
  | 'cra'
  | 'ddn'
  | 'csp'
  | 'tkb'
  | 'prp'
  | 'usr'
  | 'ses'
  | 'lnk'
  | 'run'
  | 'thr'
  | 'msg'
  | 'agp'
  | 'out'
  | 'rpl'
  | 'dlg'
  | 'mcl'
  | 'viw'

/** Makes a new id such as `ord_01ky…`; unguessable, unique without asking the database. */
export function newId(kind: IdKind, now: number = Date.now()): string {
  return `${kind}_${encode(now, 10)}${randomText()}`
}
