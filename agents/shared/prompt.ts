import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { OurBug } from '../../backbone/errors.ts'

const Front = z.object({ agent: z.string(), version: z.string() })

/** What an agent's model is told before anything else, with the version that runs are kept under. */
export type Prompt = { readonly agent: string; readonly version: string; readonly text: string }

/** Reads a prompt: front matter between two lines of dashes, then the words. */
function readPrompt(file: string): Prompt {
  const [, front = '', text = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(file) ?? []
  const fields = Object.fromEntries(
    front.split('\n').map((line) => {
      const cut = line.indexOf(':')
      return [line.slice(0, cut).trim(), line.slice(cut + 1).trim()]
    }),
  )
  const read = Front.safeParse(fields)
  if (!read.success) throw new OurBug('A prompt begins with its agent and version.')
  return { ...read.data, text: text.trim() }
}

// The build copies no prompts: from dist they lie one folder higher than from the source, for the bench two.
const places = ['../../prompts/', '../../../prompts/', '../../../../prompts/']

async function fileOf(agent: string): Promise<string> {
  for (const place of places)
    try {
      return await readFile(new URL(`${place}${agent}.md`, import.meta.url), 'utf8')
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error
    }
  throw new OurBug(`There is no prompt for ${agent}.`, { agent })
}

// The files of the package do not change while it runs.
const read = new Map<string, Prompt>()

/** The prompt of an agent, from the folder `prompts` of the package. */
export async function promptOf(agent: string): Promise<Prompt> {
  const known = read.get(agent)
  if (known !== undefined) return known
  const prompt = readPrompt(await fileOf(agent))
  if (prompt.agent !== agent)
    throw new OurBug(`The prompt of ${agent} says it is for ${prompt.agent}.`, { agent })
  read.set(agent, prompt)
  return prompt
}
