// Completes package-lock.json after an install from a registry that carries only some platforms.
// `npm ci` compares the lock with all optional dependencies and refuses a lock that leaves some out, even those
// it would never install here. Usage: node .ci/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const file = 'package-lock.json'
const lock = JSON.parse(readFileSync(file, 'utf8'))
const platform =
  /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-([a-z0-9]+)(?:-(\w+))?$/
const added = []

function platformEntry(name, version, isDev) {
  const [, os, cpu, abi] = platform.exec(name) ?? []
  if (os === undefined) throw new Error(`${name} is optional, but its name says no platform.`)
  return {
    version,
    cpu: [cpu],
    ...(isDev ? { dev: true } : {}),
    ...(os === 'linux' ? { libc: [abi?.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
    optional: true,
    os: [os],
  }
}

for (const [path, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const flat = `node_modules/${name}`
    if (lock.packages[`${path}/${flat}`] ?? lock.packages[flat]) continue
    lock.packages[flat] = platformEntry(name, version, entry.dev)
    added.push(name)
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
)
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added.length} platform packages added to ${file}.\n`)
