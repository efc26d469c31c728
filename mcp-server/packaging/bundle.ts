import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { strToU8, zipSync } from 'fflate'
import { z } from 'zod'
import { catalog } from '../../tools/catalog.ts'

const projectRoot = join(import.meta.dirname, '..', '..')
const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8')
const Package = z.object({ version: z.string(), license: z.string() })

// What a host fills in when it starts the bridge.
const slot = (name: string) => `$\{${name}}`

/** What a desktop host reads first: MCPB manifest 0.3. */
function manifest(): object {
  const { version, license } = Package.parse(JSON.parse(read('package.json')))
  return {
    manifest_version: '0.3',
    name: 'quittance',
    display_name: 'Quittance',
    version,
    description:
      'Order-to-cash of a distributor: orders, holds, failures, debts, and proposals for people.',
    author: { name: 'Quittance' },
    license,
    keywords: ['order-to-cash', 'EDI', 'distribution'],
    server: {
      type: 'node',
      entry_point: 'server/index.mjs',
      mcp_config: {
        command: 'node',
        args: [`${slot('__dirname')}/server/index.mjs`],
        env: {
          QUITTANCE_MCP_URL: slot('user_config.server_url'),
          QUITTANCE_MCP_TOKEN: slot('user_config.key'),
        },
      },
    },
    tools: catalog
      .filter(({ publish }) => publish === 'mcp')
      .map(({ name, about }) => ({ name, description: about })),
    prompts_generated: true,
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: '>=20.0.0' } },
    user_config: {
      server_url: {
        type: 'string',
        title: 'Address of the server',
        description: 'Where Quittance runs, such as http://127.0.0.1:4700.',
        required: true,
      },
      key: {
        type: 'string',
        title: 'Key',
        description: 'A key of the role mcp, made there with: quittance token create --role mcp',
        sensitive: true,
        required: true,
      },
    },
  }
}

/** The bridge between a desktop host and a server, as one file that needs nothing but Node. */
async function bridge(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(projectRoot, 'cli', 'bundled-bridge.ts')],
    ...{ bundle: true, minify: true, write: false, legalComments: 'inline' },
    ...{ platform: 'node', target: 'node20', format: 'esm' },
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('The bridge could not be bundled.')
  return file.contents
}

/** The MCPB bundle: manifest, bridge and licence; the same bytes from the same sources. */
export async function mcpbBundle(): Promise<Uint8Array> {
  const files = {
    'manifest.json': strToU8(`${JSON.stringify(manifest(), null, 2)}\n`),
    'server/index.mjs': await bridge(),
    LICENSE: strToU8(read('LICENSE')),
  }
  // A zip has no time zone and begins in 1980.
  return zipSync(files, { level: 9, mtime: '1980-01-02T00:00:00' })
}
