import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { NeedsPerson } from '../backbone/errors.ts'

/** The sandbox systems, running in a process of their own; their levers are `sandboxClient(url)`. */
export type SandboxProcess = {
  readonly url: string
  stop(): Promise<void>
  /** Kill -9, as a crash: the next one on the same state file and port goes on from there. */
  kill(): Promise<void>
}

// Built, it is JavaScript beside us; under `npm run dev` it is the source, read by the same loader as we are.
const isSource = import.meta.url.endsWith('.ts')
const sandboxMain = fileURLToPath(
  new URL(`../backbone/connectors/sandbox/main.${isSource ? 'ts' : 'js'}`, import.meta.url),
)
const loader = isSource ? ['--import', 'tsx'] : []

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    let trouble = ''
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      trouble = (trouble + part).slice(-2000)
    })
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(
        new NeedsPerson(
          `The sandbox systems did not start (exit ${code}). ${trouble.split('\n')[0] ?? ''}`,
        ),
      ),
    )
  })
}

/**
 * Starts the sandbox systems; they end by themselves when this process is gone, however it died. Their state
 * is in `stateFile`, so that they come back as they were.
 */
export async function startSandboxProcess(options: {
  stateFile: string
  port?: number
}): Promise<SandboxProcess> {
  const args = [
    ...loader,
    sandboxMain,
    '--port',
    String(options.port ?? 0),
    '--state',
    options.stateFile,
    '--until-stdin-closes',
  ]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const url = await firstLine(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    url,
    async stop() {
      child.stdin?.end()
      child.kill('SIGTERM')
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
