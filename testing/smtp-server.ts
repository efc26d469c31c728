import { createServer, type Socket } from 'node:net'

/** A loopback mail server of a test, and the mails it took. */
export type SmtpServer = {
  readonly port: number
  readonly mails: string[]
  close(): Promise<void>
}

/** Opens a loopback SMTP server; `replies` overrides what it says to a verb, null hangs up. */
export async function openSmtpServer(
  replies: Readonly<Record<string, string | null>> = {},
): Promise<SmtpServer> {
  const mails: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.write(`${replies['CONNECT'] ?? '220 mail.example ESMTP'}\r\n`)
    converse(socket, replies, mails)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function converse(
  socket: Socket,
  replies: Readonly<Record<string, string | null>>,
  mails: string[],
) {
  const plain: Record<string, string> = {
    EHLO: '250 mail.example',
    MAIL: '250 OK',
    RCPT: '250 OK',
    DATA: '354 Go on',
    '.': '250 Queued as 42',
    QUIT: '221 Bye',
  }
  const say = (verb: string) => {
    const reply = verb in replies ? replies[verb] : (plain[verb] ?? '502 What?')
    if (reply === null || reply === undefined) socket.destroy()
    else socket.write(`${reply}\r\n`)
  }
  let mail: string | undefined
  let rest = ''
  const take = (line: string) => {
    const verb = line.split(' ')[0]?.toUpperCase() ?? ''
    if (mail === undefined) say(verb)
    if (mail === undefined) mail = verb === 'DATA' ? '' : undefined
    else if (line !== '.') mail += `${line}\n`
    else {
      mails.push(mail)
      mail = undefined
      say('.')
    }
  }
  socket.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
