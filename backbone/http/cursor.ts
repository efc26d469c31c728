import { createHmac, timingSafeEqual } from 'node:crypto'
import { CallerMistake } from '../errors.ts'

/** What a cursor belongs to: it is good for one tenant's list and for no other. */
type CursorOwner = { readonly tenantId: string; readonly route: string }

/** Makes and reads the opaque marks between the pages of a list. */
export type Cursors = {
  seal(owner: CursorOwner, position: string): string
  open(owner: CursorOwner, cursor: string): string
}

/** Cursors that only we can make: signed with `key`, bound to tenant and route. */
export function createCursors(key: Uint8Array): Cursors {
  const sign = ({ tenantId, route }: CursorOwner, position: string): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([tenantId, route, position]))
      .digest()
      .subarray(0, 16)
  return {
    seal: (owner, position) =>
      Buffer.concat([sign(owner, position), Buffer.from(position)]).toString('base64url'),
    open(owner, cursor) {
      const bytes = Buffer.from(cursor, 'base64url')
      const position = bytes.subarray(16).toString()
      const isOurs =
        bytes.length > 16 && timingSafeEqual(bytes.subarray(0, 16), sign(owner, position))
      if (!isOurs)
        throw new CallerMistake(400, 'bad-cursor', 'This cursor was not given out for this list.')
      return position
    },
  }
}
