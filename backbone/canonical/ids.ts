import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function encode(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let place = 0; place < length; place += 1) {
    text = `${alphabet[Number(rest & 31n)] ?? '0'}${text}`
    rest >>= 5n
  }
  return text
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

/** Makes a new id such as `ord_01ky…`; unguessable, unique without asking the database. */
export function newId(kind: IdKind, now: number = Date.now()): string {
  const random = BigInt(`0x${randomBytes(10).toString('hex')}`)
  return `${kind}_${encode(BigInt(now), 10)}${encode(random, 16)}`
}
