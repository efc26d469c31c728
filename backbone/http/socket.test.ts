import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'

let door: TestDoor
let server: ReturnType<typeof serve>
let port: number
let receivedBytes = 0

beforeAll(async () => {
  door = await openTestDoor({
    ports: {
      receive: async ({ body }) => {
        receivedBytes = body.byteLength
        return { status: 202, headers: {}, body: '' }
      },
    },
    options: {
      inboundBytes: 100_000,
      streamPace: { pollMs: 5, heartbeatMs: 10, lifeMs: 60_000 },
    },
  })
  const address = await new Promise<AddressInfo>((listening) => {
    server = serve({ fetch: door.app.fetch, hostname: '127.0.0.1', port: 0 }, listening)
  })
  port = address.port
})
afterAll(async () => {
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  await door.close()
})

const open = (method: string, path: string, headers: Record<string, string> = {}): ClientRequest =>
  request({ host: '127.0.0.1', port, method, path, headers, agent: false })

async function answered(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = await once(sent, 'response')
  return answer
}

const postDocument = (body: string, headers: Record<string, string> = {}) => {
  const sent = open('POST', '/v1/inbound/x12/northwind', headers)
  sent.on('error', () => undefined)
  sent.end(body)
  return answered(sent)
}

test('over a real socket a document arrives whole, with or without a declared length', async () => {
  const body = 'x'.repeat(90_000)
  for (const headers of [{ 'content-length': '90000' }, { 'transfer-encoding': 'chunked' }]) {
    receivedBytes = 0
    const answer = await postDocument(body, headers)
    answer.resume()
    expect([answer.statusCode, receivedBytes]).toEqual([202, 90_000])
  }
})

test('over a real socket a document above the limit is refused, with or without a declared length', async () => {
  const body = 'x'.repeat(200_000)
  for (const headers of [{ 'content-length': '200000' }, { 'transfer-encoding': 'chunked' }]) {
    const answer = await postDocument(body, headers)
    answer.resume()
    expect(answer.statusCode).toBe(413)
  }
})

test('a length declared above the limit is refused before any of the body has come', async () => {
  const sent = open('POST', '/v1/inbound/x12/northwind', { 'content-length': '5000000' })
  sent.on('error', () => undefined)
  sent.flushHeaders()
  const answer = await answered(sent)
  answer.resume()
  expect(answer.statusCode).toBe(413)
  sent.destroy()
})

test('a caller on this machine reads the metrics without a key', async () => {
  const sent = open('GET', '/metrics')
  sent.end()
  const answer = await answered(sent)
  answer.resume()
  expect(answer.statusCode).toBe(200)
})

test('a stream whose caller hangs up is over for us too', async () => {
  const key = await door.newKey(await door.newTenant())
  const listen = async () => {
    const sent = open('GET', '/v1/stream', { 'x-api-key': key })
    sent.on('error', () => undefined)
    sent.end()
    const answer = await answered(sent)
    answer.on('error', () => undefined)
    return { sent, answer }
  }
  const streams = await Promise.all(Array.from({ length: 10 }, listen))
  expect(streams.map(({ answer }) => answer.statusCode)).toEqual(Array(10).fill(200))
  const refused = await listen()
  refused.sent.destroy()
  expect(refused.answer.statusCode).toBe(429)
  for (const { sent } of streams) sent.destroy()
  await expect
    .poll(async () => {
      const { sent, answer } = await listen()
      sent.destroy()
      return answer.statusCode
    })
    .toBe(200)
})
