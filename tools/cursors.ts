import { createHash } from 'node:crypto'
import { CallerMistake } from '../backbone/errors.ts'
import type { ToolCaller } from './tool.ts'

/** Marks between the pages of a list that only the house can make, bound to an owner. */
export type CursorSeal = {
  seal(owner: { readonly tenantId: string; readonly route: string }, position: string): string
  open(owner: { readonly tenantId: string; readonly route: string }, cursor: string): string
}

type Asked = {
  readonly caller: ToolCaller
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

const goodForMs = 3_600_000

// Other arguments are another list: its cursor would skip and repeat.
function ownerOf({ caller, tool, args }: Asked) {
  const { cursor: _cursor, limit: _limit, fields: _fields, ...filter } = args
  const sorted = Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const list = createHash('sha256').update(JSON.stringify(sorted)).digest('base64url')
  const { kind, id } = caller.requester
  return { tenantId: caller.tenantId, route: `tool:${tool}:${kind}:${id}:${list}` }
}

/** Seals the position behind a page for whoever asked; good for an hour. */
export function sealCursor(seal: CursorSeal, asked: Asked, position: string, now: string): string {
  return seal.seal(ownerOf(asked), `${Date.parse(now) + goodForMs}|${position}`)
}

/** Opens a cursor of the same caller, tool and arguments. */
export function openCursor(seal: CursorSeal, asked: Asked, cursor: string, now: string): string {
  const opened = seal.open(ownerOf(asked), cursor)
  const cut = opened.indexOf('|')
  if (Number(opened.slice(0, cut)) < Date.parse(now))
    throw new CallerMistake(
      400,
      'old-cursor',
      'This cursor is more than an hour old. Ask for the first page again.',
    )
  return opened.slice(cut + 1)
}
