import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const programs = join(import.meta.dirname, 'programs')
const installed = join(programs, 'node_modules', '@modelcontextprotocol')
const mcpb = join(programs, 'node_modules', '@anthropic-ai', 'mcpb', 'dist', 'cli', 'cli.js')

/** Whether CI, or whoever wants to, ran `npm ci --ignore-scripts` in the folder programs/. */
export const isInstalled = existsSync(join(installed, 'conformance'))

/** What a program printed, and how it ended. */
export type Proven = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[]): Promise<Proven> {
  return new Promise((ended, failed) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString()
    })
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString()
    })
    child.on('error', failed)
    child.on('close', (exitCode) => ended({ exitCode, stdout, stderr }))
  })
}

/** Runs the conformance suite. */
export function conformance(args: readonly string[]): Promise<Proven> {
  const preload = pathToFileURL(join(programs, 'fs-with-glob.mjs')).href
  return run(['--import', preload, join(installed, 'conformance', 'dist', 'index.js'), ...args])
}

/** Runs the inspector without its pages. */
export function inspector(args: readonly string[]): Promise<Proven> {
  const launcher = join(installed, 'inspector', 'clients', 'launcher', 'build', 'index.js')
  return run([launcher, '--cli', ...args])
}

/** Runs the program that makers and hosts of MCPB bundles use. */
export function mcpbTool(args: readonly string[]): Promise<Proven> {
  return run([mcpb, ...args])
}
