#!/usr/bin/env node
import { ActionableError } from '../backbone/errors.ts'
import { createLog } from '../backbone/telemetry/log.ts'
import { commandHelp, helpText } from './commands.ts'

type Run = (args: readonly string[]) => Promise<number>

// Loaded when needed: `--help` should not pay for the whole house.
const commands: Readonly<Record<string, () => Promise<Run>>> = {
  start: async () => (await import('./start.ts')).runStart,
  work: async () => (await import('./start.ts')).runWork,
  demo: async () => (await import('./demo.ts')).runDemo,
  ingest: async () => (await import('./ingest.ts')).runIngest,
  migrate: async () => (await import('./maintain.ts')).runMigrate,
  verify: async () => (await import('./maintain.ts')).runVerify,
  backup: async () => (await import('./maintain.ts')).runBackup,
  restore: async () => (await import('./maintain.ts')).runRestore,
  'sign-in-link': async () => (await import('./sign-in-link.ts')).runSignInLink,
  mcp: async () => (await import('./mcp.ts')).runMcp,
  token: async () => (await import('./token.ts')).runToken,
}

async function run(argv: readonly string[]): Promise<number> {
  const [name = '', ...args] = argv
  if (name === '' || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(helpText(args[0]))
    return name === '' ? 2 : 0
  }
  const load = commands[name]
  if (load === undefined) {
    const known = commandHelp.map((command) => command.name).join(', ')
    process.stderr.write(`There is no command ${name}. Known are ${known}.\n`)
    return 2
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText(name))
    return 0
  }
  return (await load())(args)
}

function isUsageError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}

// A person's mistake is one sentence; anything else is ours and goes to the log whole.
async function main(): Promise<void> {
  try {
    process.exitCode = await run(process.argv.slice(2))
  } catch (error) {
    if (error instanceof ActionableError || isUsageError(error))
      process.stderr.write(`${error.message}\n`)
    else createLog().error({ err: error }, 'Quittance stopped because of an error of its own.')
    process.exitCode = isUsageError(error) ? 2 : 1
    // A start that failed half-way has left doors and timers open: they must not keep the process alive.
    setTimeout(() => process.exit(), 1_000).unref()
  }
}

await main()
