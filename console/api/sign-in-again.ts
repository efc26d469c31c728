let isOnTheWay = false

/**
 * Brings whoever's session is over to the page of the server where people sign in, and from there back to what they
 * look at. Once for each page: who chose to stay, for words not kept yet, is not asked again.
 */
export function signInAgain(): void {
  if (isOnTheWay) return
  isOnTheWay = true
  const { pathname, search, hash } = location
  const here = `${pathname}${search}${hash}`
  location.assign(here === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(here)}`)
}
