import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mcpbBundle } from './bundle.ts'

const folder = join(import.meta.dirname, '..', '..', 'dist')
const file = join(folder, 'quittance.mcpb')
const bundle = await mcpbBundle()
mkdirSync(folder, { recursive: true })
writeFileSync(file, bundle)
const sha256 = createHash('sha256').update(bundle).digest('hex')
process.stdout.write(`dist/quittance.mcpb, ${bundle.length} bytes, sha256 ${sha256}\n`)
