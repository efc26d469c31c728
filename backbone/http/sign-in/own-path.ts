// Space and control characters, which browsers cut out of an address before they read it, and the other slash, which
// they read as one.
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
const misread = /[\u0000-\u0020\u007f\\]/

const somewhere = 'http://house.invalid'

/**
 * The screen of this house that an address names, to go on to after signing in; the first screen where it names a place
 * elsewhere, whatever way that is written, or none.
 */
export function ownPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > 2_000 || !asked.startsWith('/') || misread.test(asked))
    return '/'
  if (!URL.canParse(asked, somewhere)) return '/'
  // Read as a browser reads it: `/.//elsewhere` is `//elsewhere` by then.
  const { origin, pathname, search, hash } = new URL(asked, somewhere)
  const isElsewhere = origin !== somewhere || pathname.startsWith('//')
  // What is no screen is no place to be: the page itself, and answers of the API.
  const isScreen = pathname !== '/sign-in' && !/^\/(v1|house|mcp)(\/|$)/.test(pathname)
  return isElsewhere || !isScreen ? '/' : `${pathname}${search}${hash}`
}
