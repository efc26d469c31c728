import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openGuardedFetch } from './guarded-fetch.ts'

let port: number
const server = createServer((request, response) => {
  if (request.url === '/large') response.end('x'.repeat(2_000_000))
  else if (request.url === '/away') response.writeHead(302, { location: '/' }).end()
  else if (request.url !== '/silent') response.end('here')
})

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = z.object({ port: z.number() }).parse(server.address()).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const plain = openGuardedFetch([])
const post = (url: string, guarded = plain) => guarded.fetch(url, { method: 'POST', body: '{}' })

test.each([
  'https://10.0.0.8/mcp',
  'https://172.31.9.9/',
  'https://192.168.1.1/',
  'https://127.0.0.1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://169.254.169.254/latest',
  'https://[::1]/',
  'https://[::ffff:10.0.0.8]/',
  'https://[fd12::1]/',
  'https://[fe80::1]/',
  'https://[64:ff9b::a00:8]/',
  'http://tools.example/',
  'ftp://tools.example/',
  'https://user:pass@tools.example/',
  'nonsense',
])('%s is not called', async (url) => {
  expect(plain.objectionTo(url)).toEqual(expect.any(String))
  await expect(post(url)).rejects.toThrow()
})

test('an address outside is let through, as far as it shows', () => {
  expect(plain.objectionTo('https://tools.example/mcp')).toBeUndefined()
  expect(plain.objectionTo('https://93.184.216.34/mcp')).toBeUndefined()
  expect(plain.objectionTo('https://[2606:2800:220:1::1]/mcp')).toBeUndefined()
})

test('a name is judged by the address it leads to', async () => {
  await expect(post(`https://localhost:${port}/`)).rejects.toThrow('own network')
})

test('a host of an own network is called where it was named, the services of a cloud never', async () => {
  const mapped = '[::ffff:a9fe:a9fe]'
  const named = openGuardedFetch(['localhost', '127.0.0.1', '169.254.169.254', mapped])
  expect(await (await post(`http://127.0.0.1:${port}/`, named)).text()).toBe('here')
  expect(await (await post(`http://localhost:${port}/`, named)).text()).toBe('here')
  for (const host of ['169.254.169.254', mapped])
    expect(named.objectionTo(`http://${host}/latest`)).toEqual(expect.any(String))
})

test('redirects are not followed, endless answers broken off, and silence ends in time', async () => {
  const named = openGuardedFetch(['127.0.0.1'], { timeoutMs: 300 })
  await expect(post(`http://127.0.0.1:${port}/away`, named)).rejects.toThrow('elsewhere')
  const large = await post(`http://127.0.0.1:${port}/large`, named)
  await expect(large.text()).rejects.toThrow()
  await expect(post(`http://127.0.0.1:${port}/silent`, named)).rejects.toThrow()
})

test('only what is posted is sent', async () => {
  expect((await plain.fetch('https://tools.example/mcp')).status).toBe(405)
})
