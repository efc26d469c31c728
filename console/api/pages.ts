/** How many pages of a list have been read; what is no list has one. */
export function pagesOf(read: unknown): number {
  const isPaged = typeof read === 'object' && read !== null && 'pages' in read
  return isPaged && Array.isArray(read.pages) ? Math.max(1, read.pages.length) : 1
}
