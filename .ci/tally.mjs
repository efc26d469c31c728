// Adds up the parts of .ci/run. A test skipped everywhere it could have run, and a part that failed without a
// failing test to show for it, count as failures.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const folder = process.argv[2] ?? '.'
const say = (line) => process.stdout.write(`${line}\n`)

const parts = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.part'))
    .map((file) => [
      file.replace(/\.part$/, ''),
      readFileSync(join(folder, file), 'utf8').trim() === 'ok',
    ]),
)
const mustRun = ['testing/layers.test.ts', 'testing/house.test.ts']
// Parts that are one check as a whole and write no report of tests.
const checks = ['start', 'evals', 'bench', 'faults']
const ran = new Set()
const skipped = new Set()
let passed = 0
let failed = 0

/** The first lines of why a test failed, so that the end of the output alone says what to look at. */
function reasonOf(messages = []) {
  return messages.join('\n').split('\n').slice(0, 12).join('\n    ')
}

function countTest(part, path, { fullName, status, failureMessages }) {
  const name = `${path}: ${fullName}`
  if (status !== 'passed' && status !== 'failed') {
    skipped.add(name)
    return
  }
  ran.add(name).add(path)
  if (status === 'passed') {
    passed += 1
    return
  }
  failed += 1
  say(`Failed in ${part}: ${name}\n    ${reasonOf(failureMessages)}`)
}

function countReport(part, report) {
  const failedBefore = failed
  for (const file of report.testResults) {
    const path = relative(process.cwd(), file.name)
    for (const one of file.assertionResults) countTest(part, path, one)
    if (file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed')) {
      failed += 1
      say(`In ${part}, ${path} could not be loaded or cleaned up.\n    ${reasonOf([file.message])}`)
    }
  }
  return failed - failedBefore
}

for (const [name, isOk] of parts) {
  const file = join(folder, `${name}.json`)
  const failures = existsSync(file) ? countReport(name, JSON.parse(readFileSync(file, 'utf8'))) : 0
  if (checks.includes(name) && isOk) passed += 1
  if (!isOk && failures === 0) {
    failed += 1
    say(`Part "${name}" failed outside its tests.`)
  }
  if (isOk && !checks.includes(name) && !existsSync(file)) {
    failed += 1
    say(`Part "${name}" left no report: its tests did not run.`)
  }
}
for (const name of ['embedded', 'real', 'mcp', 'browser', 'postgres', ...checks].filter(
  (each) => !parts.has(each),
)) {
  failed += 1
  say(`Part "${name}" did not run.`)
}
for (const path of mustRun.filter((each) => !ran.has(each))) {
  failed += 1
  say(`${path} did not run.`)
}
for (const name of [...skipped].filter((each) => !ran.has(each))) {
  failed += 1
  say(`Skipped everywhere: ${name}`)
}
say(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
