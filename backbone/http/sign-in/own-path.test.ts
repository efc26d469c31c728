import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownPath } from './own-path.ts'

const house = 'https://house.example'

test('who signs in comes back to the screen they asked for', () => {
  for (const screen of [
    '/orders/ord_01kyexample',
    '/orders?q=PO-7%2F8&stage=held',
    '/failures/77aa5c7e9b0d%2Fitem%20FAS-1001',
    '/collections?tab=customers#top',
    '/%2F%2Fevil.example',
  ])
    expect(ownPath(screen)).toBe(screen)
})

test('no address leads to another site, however it is written', () => {
  for (const address of [
    undefined,
    '',
    'orders',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/orders/..//evil.example',
    '/%2e//evil.example',
    'javascript:alert(1)',
    '/sign-in?to=/sign-in',
    '/v1/session/oidc',
    `/${'x'.repeat(2_001)}`,
  ])
    expect([address, ownPath(address)]).toEqual([address, '/'])
})

test('whatever is asked for, a browser stays in the house and reads the same screen again', () => {
  const pieces = fc.constantFrom('/', '\\', '.', '..', '%2f', '%5c', ':', '@', '?', '#', '\t', 'a')
  const address = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(address, fc.string(), fc.webUrl()), (asked) => {
      const path = ownPath(asked)
      expect(new URL(path, house).origin).toBe(house)
      expect(ownPath(path)).toBe(path)
    }),
    { numRuns: 2_000 },
  )
})
