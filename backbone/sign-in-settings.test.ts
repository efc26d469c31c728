import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const provider = {
  QUITTANCE_OIDC_ISSUER: 'https://login.example',
  QUITTANCE_OIDC_CLIENT_ID: 'quittance',
  QUITTANCE_PUBLIC_URL: 'https://quittance.example',
}

test('people stay signed in for twelve hours, one without a request, and nobody needs a provider', () => {
  const { sessionLife, oidc, publicUrl } = readConfig({})
  expect(sessionLife).toEqual({ lifeMs: 12 * 3_600_000, idleMs: 3_600_000 })
  expect([oidc, publicUrl]).toEqual([undefined, undefined])
})

test('a provider’s roles are read in their order', () => {
  const { oidc } = readConfig({
    ...provider,
    QUITTANCE_OIDC_ROLES: 'leads=approver, ops = operator',
    QUITTANCE_OIDC_NEW_PEOPLE: 'meridian',
  })
  expect(oidc).toEqual({
    issuer: 'https://login.example',
    clientId: 'quittance',
    roleClaim: 'roles',
    roles: [
      ['leads', 'approver'],
      ['ops', 'operator'],
    ],
    trustsEmail: false,
    newPeopleIn: 'meridian',
  })
})

test.each([
  [{ QUITTANCE_PUBLIC_URL: 'https://quittance.example/app' }, 'without a path'],
  [{ QUITTANCE_PUBLIC_URL: 'https://ann:secret@quittance.example' }, 'without a path'],
  [{ QUITTANCE_OIDC_ISSUER: 'https://login.example' }, 'QUITTANCE_OIDC_CLIENT_ID and'],
  [{ ...provider, QUITTANCE_OIDC_ISSUER: 'http://login.example' }, 'by https only'],
  [{ ...provider, QUITTANCE_OIDC_ROLES: 'ops=boss' }, 'QUITTANCE_OIDC_ROLES'],
  [{ ...provider, QUITTANCE_OIDC_ROLES: 'ops' }, 'pairs such as ops=operator'],
  [{ ...provider, QUITTANCE_OIDC_NEW_PEOPLE: 'meridian' }, 'with QUITTANCE_OIDC_ROLES'],
  [{ QUITTANCE_SESSION_HOURS: '0' }, 'QUITTANCE_SESSION_HOURS'],
])('%j stops the start with the fix', (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence)
})
