import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCursors } from './cursor.ts'

const owner = { tenantId: 'meridian', route: '/v1/orders' }

test('a cursor always brings back the position it was given for', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.string({ minLength: 1 }),
      (key, position) => {
        const cursors = createCursors(key)
        const text = Buffer.from(position).toString()
        expect(cursors.open(owner, cursors.seal(owner, text))).toBe(text)
      },
    ),
  )
})

test('a cursor that was changed anywhere, or belongs to another list or key, is never accepted', () => {
  const cursors = createCursors(new Uint8Array(32).fill(7))
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (position, place, change) => {
        const sealed = Buffer.from(cursors.seal(owner, position), 'base64url')
        const at = place % sealed.length
        sealed[at] = (sealed[at] ?? 0) ^ change
        expect(() => cursors.open(owner, sealed.toString('base64url'))).toThrow(/not given out/)
      },
    ),
  )
  const sealed = cursors.seal(owner, '2026-11-02|ord_1')
  expect(() => cursors.open({ ...owner, tenantId: 'other' }, sealed)).toThrow()
  expect(() => cursors.open({ ...owner, route: '/v1/invoices' }, sealed)).toThrow()
  expect(() => createCursors(new Uint8Array(32)).open(owner, sealed)).toThrow()
})
