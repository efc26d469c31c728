import { lookup as resolve } from 'node:dns'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Readable, Transform } from 'node:stream'

/** Calls addresses that administrators of tenants wrote, and only those outside the house's own network. */
export type GuardedFetch = {
  /** Why an address may not be called; undefined when it may, as far as it shows. */
  objectionTo(url: string): string | undefined
  /** Posts to it; nothing else is asked, no redirect followed, and the name is judged by the address it leads to. */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
}

type Range = readonly [from: string, bits: number]

function blocked(ranges: readonly Range[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const [from, bits] of ranges) list.addSubnet(from, bits, family)
  return list
}

// RFC 3927 and RFC 4291: the services of a cloud about the machine itself answer there, so no setting opens them.
const linkLocal4 = blocked([['169.254.0.0', 16]], 'ipv4')
const linkLocal6 = blocked(
  [
    ['fe80::', 10],
    ['fd00:ec2::', 32],
  ],
  'ipv6',
)

// IANA special-purpose registries (RFC 6890): own networks, this machine, what is routed to nobody.
const inside4 = blocked(
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ],
  'ipv4',
)
// Those of IPv6, and its forms that carry an address of IPv4 inside; a list of its own, since every address of IPv4
// lies in ::ffff:0:0/96.
const inside6 = blocked(
  [
    ['::', 96],
    ['::ffff:0:0', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['2002::', 16],
    ['fc00::', 7],
    ['ff00::', 8],
  ],
  'ipv6',
)

const isInside = (address: string): boolean =>
  isIP(address) === 6 ? inside6.check(address, 'ipv6') : inside4.check(address, 'ipv4')
const isLinkLocal = (address: string): boolean =>
  isIP(address) === 6
    ? linkLocal6.check(address, 'ipv6') || linkLocal4.check(address, 'ipv6')
    : linkLocal4.check(address, 'ipv4')

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase()

function objection(url: string, hosts: ReadonlySet<string>): string | undefined {
  if (!URL.canParse(url)) return 'This is no address; write https://host/path.'
  const { protocol, hostname, username, password } = new URL(url)
  const host = bare(hostname)
  if (username !== '' || password !== '') return 'Give the secret by itself, not in the address.'
  if (protocol !== 'https:' && !(protocol === 'http:' && hosts.has(host)))
    return 'The address must be https; http only on a host that QUITTANCE_TOOL_SERVER_HOSTS names.'
  if (isIP(host) !== 0 && isRefused(host, hosts.has(host)))
    return 'The address leads into an own network; QUITTANCE_TOOL_SERVER_HOSTS names hosts there that may be called.'
  return undefined
}

function isRefused(address: string, isNamed: boolean): boolean {
  return isLinkLocal(address) || (!isNamed && isInside(address))
}

/** Resolves a name and refuses it where any of its addresses is one that may not be called. */
function guardedLookup(isNamed: boolean): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error !== null || first === undefined)
        return done(error ?? new Error('The name leads nowhere.'), '', 4)
      if (addresses.some(({ address }) => isRefused(address, isNamed)))
        return done(new Error('The name leads into an own network.'), '', 4)
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family)
    })
  }
}

/** What is read of an answer at most; the rest breaks it off. */
function atMost(bytes: number): Transform {
  let read = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      read += chunk.length
      if (read > bytes) done(new Error('The answer is too large.'))
      else done(null, chunk)
    },
  })
}

const mostBytes = 1_048_576

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 502
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, [value].flat().join(', '))
  if (status === 204 || status === 205) {
    message.resume()
    return new Response(null, { status, headers })
  }
  const limited = atMost(mostBytes)
  message.on('error', (error) => limited.destroy(error))
  limited.on('error', () => message.destroy())
  return new Response(Readable.toWeb(message.pipe(limited)), { status, headers })
}

function post(url: URL, init: RequestInit, isNamed: boolean, timeoutMs: number): Promise<Response> {
  const limits = [AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])]
  const send = url.protocol === 'https:' ? requestSecure : requestPlain
  return new Promise((answered, failed) => {
    const request = send(url, {
      ...{ method: 'POST', agent: false, lookup: guardedLookup(isNamed) },
      headers: Object.fromEntries(new Headers(init.headers)),
      signal: AbortSignal.any(limits),
    })
    request.on('error', failed)
    request.on('response', (message) => {
      const status = message.statusCode ?? 0
      if (status < 300 || status >= 400) return answered(responseOf(message))
      message.destroy()
      failed(new Error('The server sends callers elsewhere, which is not followed.'))
    })
    request.end(typeof init.body === 'string' ? init.body : undefined)
  })
}

/** Opens the way to servers of others; `hosts` are those of an own network that may be called all the same. */
export function openGuardedFetch(
  hosts: readonly string[],
  { timeoutMs = 20_000 }: { readonly timeoutMs?: number } = {},
): GuardedFetch {
  const named = new Set(hosts.map(bare))
  return {
    objectionTo: (url) => objection(url, named),
    async fetch(address, init = {}) {
      // Whoever streams beside the answers is told that there is no such stream.
      if (init.method !== 'POST') return new Response(null, { status: 405 })
      const url = new URL(address)
      const refused = objection(url.href, named)
      if (refused !== undefined) throw new Error(refused)
      return post(url, init, named.has(bare(url.hostname)), timeoutMs)
    },
  }
}
