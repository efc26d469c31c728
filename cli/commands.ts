/** A command of `quittance`, as `--help` shows it. */
export type CommandHelp = { readonly name: string; readonly usage: string; readonly about: string }

/** Every command there is, in the order a newcomer meets them. */
export const commandHelp: readonly CommandHelp[] = [
  {
    name: 'start',
    usage: 'quittance start',
    about:
      'Server and worker in one. An empty built-in database is filled with a demo distributor, its sandbox systems and a trickle of orders.',
  },
  {
    name: 'demo',
    usage: 'quittance demo [--json] [--keep FOLDER]',
    about:
      'Pushes the sample documents through, prints what became of each and why, and ends. Uses a database of its own.',
  },
  {
    name: 'work',
    usage: 'quittance work',
    about: 'Worker only, for a second machine on the same PostgreSQL.',
  },
  {
    name: 'ingest',
    usage: 'quittance ingest --connection ID FILE…',
    about: 'Takes files in as if they had arrived at the connection; prints the receipt of each.',
  },
  {
    name: 'migrate',
    usage: 'quittance migrate',
    about: 'Brings the database to the newest schema. start does it by itself.',
  },
  {
    name: 'verify',
    usage: 'quittance verify [--tenant ID]',
    about: 'Recomputes every chain of events and every seal, and names the first broken place.',
  },
  {
    name: 'backup',
    usage: 'quittance backup FILE',
    about: 'Writes everything into one portable file, from either database.',
  },
  {
    name: 'restore',
    usage: 'quittance restore FILE',
    about: 'Fills an empty database from such a file.',
  },
  {
    name: 'sign-in-link',
    usage: 'quittance sign-in-link [--user EMAIL] [--tenant ID]',
    about:
      'Makes a link that signs one person in once, also while the server runs; at a terminal only.',
  },
  {
    name: 'token',
    usage: 'quittance token create --tenant ID --name NAME --role ROLE [--scope SCOPE]…',
    about:
      'Makes an API key and shows it once, also while the server runs. Agent hosts (MCP) get the role mcp; a scope is a room of the house such as orders:read, or of tools such as o2c:read.',
  },
  {
    name: 'mcp',
    usage: 'quittance mcp [--url URL] [--tenant ID]',
    about:
      'For agent hosts that speak MCP over standard input and output: carries their messages to the running server, or to one it starts on the built-in database. For a server elsewhere set QUITTANCE_MCP_TOKEN, and its address with --url or QUITTANCE_MCP_URL.',
  },
]

/** The help text of all commands, or of one. */
export function helpText(name?: string): string {
  const one = commandHelp.find((command) => command.name === name)
  if (one !== undefined) return `${one.usage}\n\n${one.about}\n`
  const widest = Math.max(...commandHelp.map((command) => command.name.length))
  const rows = commandHelp.map((command) => `  ${command.name.padEnd(widest)}  ${command.about}`)
  return `quittance COMMAND [OPTION]…\n\n${rows.join('\n')}\n\nquittance COMMAND --help shows the options of one. Settings come from the environment; the README lists them.\n`
}
