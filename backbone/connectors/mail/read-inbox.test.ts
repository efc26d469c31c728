import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readInbox } from './read-inbox.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

async function server(greet: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const opened = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    greet(socket)
  })
  servers.push(opened)
  await new Promise<void>((resolve) => opened.listen(0, host, resolve))
  const address = opened.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const reading = (port: number, more: object = {}, timeoutMs = 5_000) =>
  readInbox(
    {
      ...{ host: '127.0.0.1', port, secure: false, user: 'ar@meridian.example' },
      ...{ mailbox: 'INBOX', secrets: ['password-of-ours'] },
      ...more,
    },
    undefined,
    { now: new Date(), signal: AbortSignal.timeout(timeoutMs) },
  ).then(
    () => expect.unreachable('There is no mailbox.'),
    (error: unknown) => error,
  )

test('a mail server that is not there is told at once', async () => {
  const port = await server(() => undefined)
  for (const opened of servers.splice(0)) await new Promise((resolve) => opened.close(resolve))
  expect(await reading(port)).toMatchObject({ code: 'ECONNREFUSED' })
})

test('a mail server that says nothing is given up in time', async () => {
  const port = await server(() => undefined)
  expect(await reading(port, {}, 300)).toBeInstanceOf(Error)
})

test('a mailbox without a password is a person’s to mend', async () => {
  expect(await reading(1, { secrets: [] })).toMatchObject({ whoActs: 'person' })
})

test('a password is never said over a line that anybody can read', async () => {
  const heard: string[] = []
  // Another name of this machine, which is not taken for this machine.
  const host = '127.0.0.2'
  const port = await server((socket) => {
    socket.write('* OK ready\r\n')
    socket.on('data', (chunk) => {
      heard.push(chunk.toString())
      for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
        const [tag = '', verb = ''] = line.split(' ')
        socket.write(
          verb.toUpperCase() === 'CAPABILITY'
            ? `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK done\r\n`
            : `${tag} BAD what\r\n`,
        )
      }
    })
  }, host)
  expect(await reading(port, { host }, 3_000)).toBeInstanceOf(Error)
  expect(heard.join('')).toMatch(/CAPABILITY|STARTTLS/)
  const said = `${heard.join('')} ${Buffer.from(heard.join('').split(' ').at(-1) ?? '', 'base64')}`
  expect(said).not.toContain('password-of-ours')
})
