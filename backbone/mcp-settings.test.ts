import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const issuer = {
  QUITTANCE_PUBLIC_URL: 'https://desk.example',
  QUITTANCE_MCP_ISSUER: 'https://login.example',
}

test('agent hosts may call this machine, the name it listens under and the one people use, and no other', () => {
  const { mcp } = readConfig({
    QUITTANCE_HOST: '::1',
    QUITTANCE_PUBLIC_URL: 'https://Desk.example:8443',
    QUITTANCE_MCP_HOSTS: 'mcp.example,Other.example',
    QUITTANCE_MCP_ORIGINS: 'chat.example',
  })
  expect(mcp.hosts).toEqual([
    ...['localhost', '127.0.0.1', '[::1]', 'desk.example', 'mcp.example', 'other.example'],
  ])
  expect(mcp.origins).toEqual(['localhost', '127.0.0.1', '[::1]', 'desk.example', 'chat.example'])
  expect(mcp.access).toBeUndefined()
})

test('an authorization server is told what its tokens are for and whose they are', () => {
  const { mcp } = readConfig({
    ...issuer,
    QUITTANCE_MCP_TENANT: 'meridian',
    QUITTANCE_MCP_SCOPES: 'Desk.Read=o2c:read,Desk.Read=ops:read',
  })
  expect(mcp.access).toEqual({
    issuer: 'https://login.example',
    resource: 'https://desk.example/mcp',
    audience: 'https://desk.example/mcp',
    tenant: { is: 'meridian' },
    scopes: [
      ['Desk.Read', 'o2c:read'],
      ['Desk.Read', 'ops:read'],
    ],
  })
  const claimed = readConfig({
    ...{ ...issuer, QUITTANCE_MCP_TENANT_CLAIM: 'company' },
    QUITTANCE_MCP_AUDIENCE: 'api://quittance',
  })
  expect(claimed.mcp.access).toMatchObject({
    ...{ tenant: { claim: 'company' }, audience: 'api://quittance' },
  })
})

test('settings that need each other, and an issuer that others can listen to, stop the start with what to set', () => {
  const tenant = { QUITTANCE_MCP_TENANT: 'meridian' }
  const start = (settings: Record<string, string>) => () => readConfig(settings)
  const { QUITTANCE_PUBLIC_URL: _, ...nameless } = { ...issuer, ...tenant }
  expect(start(nameless)).toThrow('set QUITTANCE_PUBLIC_URL too')
  expect(start(issuer)).toThrow('QUITTANCE_MCP_TENANT for all of them')
  expect(start({ ...issuer, ...tenant, QUITTANCE_MCP_TENANT_CLAIM: 'x' })).toThrow('not with both')
  const plain = { ...issuer, ...tenant, QUITTANCE_MCP_ISSUER: 'http://login.example' }
  expect(start(plain)).toThrow('by https only')
  expect(start({ QUITTANCE_MCP_SCOPES: 'everything' })).toThrow('pairs such as')
  const unknown = { ...issuer, ...tenant, QUITTANCE_MCP_SCOPES: 'all=orders:approve' }
  expect(start(unknown)).toThrow('scopes of tools are o2c:read')
})
