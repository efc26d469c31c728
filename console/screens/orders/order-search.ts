/** Which line of an order is open; numbers stay numbers, so that the address reads `?line=2`. */
type OrderSearch = { readonly line?: string | number }

/** Reads which line the address opens. */
export function orderSearch({ line }: Record<string, unknown>): OrderSearch {
  if (line === undefined || line === '') return {}
  const text = String(line).slice(0, 40)
  return { line: /^[1-9]\d{0,8}$/.test(text) ? Number(text) : text }
}
