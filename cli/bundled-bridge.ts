import { mcpAddress, startBridge } from './mcp-bridge.ts'
import { stopSignal } from './stop-signal.ts'

/**
 * The bridge as it goes into a bundle for desktop hosts: to a server that runs elsewhere, with a key made there. It is
 * bundled into one file and reads nothing of the house.
 */
async function main(): Promise<void> {
  const { QUITTANCE_MCP_URL: url = '', QUITTANCE_MCP_TOKEN: token = '' } = process.env
  const say = (line: string) => process.stderr.write(`${line}\n`)
  if (url === '' || token === '') {
    say('Set the address of the server and a key of it in the settings of this extension.')
    process.exitCode = 1
    return
  }
  const target = { url: mcpAddress(url), token }
  const { stdin: input, stdout: output } = process
  const bridge = startBridge({ input, output, say, connect: async () => target })
  await Promise.race([bridge.ended, stopSignal()])
  input.destroy()
}

await main()
