// For node --import. The conformance suite names `globSync` of `fs`, which Node has since 22; of what it runs here
// nothing calls it, but without the name it does not load.
import { register } from 'node:module'

const inScript = (text) => `data:text/javascript,${encodeURIComponent(text)}`
const widened = inScript(
  `export * from 'node:fs'
export { default } from 'node:fs'
export const globSync = () => { throw new Error('Not before Node 22.') }`,
)
register(
  inScript(`export const resolve = (name, context, next) =>
    name === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/')
      ? { url: ${JSON.stringify(widened)}, shortCircuit: true }
      : next(name, context)`),
)
