import { parseArgs } from 'node:util'
import { z } from 'zod'
import { SandboxSettings } from './records.ts'
import { startSandbox } from './server.ts'

// node dist/backbone/connectors/sandbox/main.js --port 4010 --state ./data/sandbox.jsonl [--settings JSON]
// [--until-stdin-closes]: the process that started it is gone when standard input ends, however it died.
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    host: { type: 'string', default: '127.0.0.1' },
    state: { type: 'string' },
    settings: { type: 'string', default: '{}' },
    'until-stdin-closes': { type: 'boolean', default: false },
  },
})
// Only what is given: what is left out stays as the state file has it.
const given = z.record(z.string(), z.unknown()).parse(JSON.parse(values.settings))
const settings = Object.fromEntries(
  Object.entries(SandboxSettings.parse(given)).filter(([name]) => name in given),
)
const sandbox = await startSandbox({
  port: z.coerce.number().int().min(0).max(65_535).parse(values.port),
  host: values.host,
  settings,
  ...(values.state === undefined ? {} : { stateFile: values.state }),
})
// The one line of standard output says where it listens; whoever started it reads it.
process.stdout.write(`${sandbox.url}\n`)

const stop = () => {
  sandbox.close().then(
    () => process.exit(0),
    () => process.exit(1),
  )
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
if (values['until-stdin-closes']) {
  process.stdin.once('end', stop)
  process.stdin.resume()
}
