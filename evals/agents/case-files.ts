import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { packageRoot } from '../../backbone/store/package-root.ts'

/** Reads the cases of one suite: a JSON object a line, each of the suite's own form, no id twice. */
export function casesOf<Case extends { readonly id: string }>(
  suite: string,
  schema: z.ZodType<Case>,
): Case[] {
  const file = join(packageRoot(), 'evals', 'cases', `${suite}.jsonl`)
  const lines = readFileSync(file, 'utf8').split('\n')
  const cases = lines.flatMap((line) => (line.trim() === '' ? [] : schema.parse(JSON.parse(line))))
  const ids = new Set(cases.map(({ id }) => id))
  if (ids.size < cases.length) throw new Error(`${suite}.jsonl names a case twice.`)
  return cases
}
