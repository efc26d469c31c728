/**
 * What the sign-in page does in a browser. The token of a link stands behind the #, which browsers keep to themselves:
 * it is in no log and no proxy sees it. Nothing is sent before somebody presses the button, so that mail scanners that
 * open links use none up.
 */
export const script = `
const at = (id) => document.getElementById(id)
const token = location.hash.slice(1)
// Where to go on to: the server looked at it, so that it is a screen of this house.
const to = at('page').dataset.to
const here = to === '/' ? '/sign-in' : '/sign-in?to=' + encodeURIComponent(to)
history.replaceState(null, '', here)
const [words, fault, button, form] = [at('words'), at('fault'), at('sign-in'), at('by-password')]
const away = 'The server does not answer; try again in a moment.'

const say = (sentence) => { fault.textContent = sentence }

const busy = (presses, isBusy) => {
  presses.disabled = isBusy
  presses.textContent = isBusy ? 'Signing in …' : 'Sign in'
  at('page').ariaBusy = String(isBusy)
}

// The server says how long to wait; people read a clock.
const untilWhen = (answer) => {
  const seconds = Number(answer.headers.get('retry-after'))
  if (!(seconds > 60)) return ''
  const moment = new Date(Date.now() + seconds * 1000)
  return ' That is at ' + moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) + '.'
}

const askWhichTenant = (tenants) => {
  const chosen = at('tenant')
  chosen.replaceChildren(...tenants.map(({ path, message }) => new Option(message, path)))
  chosen.disabled = false
  at('tenants').hidden = false
  say('You work for several houses: say which one, and sign in again.')
  chosen.focus()
}

const comeIn = async (presses, path, body) => {
  say('')
  busy(presses, true)
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (answer.ok) { location.replace(to); return }
    const { type, detail, details } = await answer.json()
    if (type.endsWith(':several-tenants')) askWhichTenant(details)
    else say(detail + untilWhen(answer))
    if (path === '/v1/session/link') presses.hidden = true
  } catch {
    say(away)
  }
  busy(presses, false)
}

const offerWays = async () => {
  form.hidden = false
  at('email').focus()
  const ways = await (await fetch('/v1/session/ways')).json()
  if (!ways.oidc) return
  at('by-provider').href = ways.oidcPath + (to === '/' ? '' : '?to=' + encodeURIComponent(to))
  at('by-provider').hidden = false
}

at('show').addEventListener('click', () => {
  const isShown = at('password').type === 'text'
  at('password').type = isShown ? 'password' : 'text'
  at('show').textContent = isShown ? 'Show password' : 'Hide password'
  at('show').ariaPressed = String(!isShown)
})
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { email, password, tenant } = Object.fromEntries(new FormData(form))
  void comeIn(at('send'), '/v1/session', { email, password, ...(tenant ? { tenantId: tenant } : {}) })
})
button.addEventListener('click', () => comeIn(button, '/v1/session/link', { token }))

if (token.startsWith('ql_')) {
  words.textContent = 'This link signs you in on this device, once.'
  button.hidden = false
} else {
  offerWays().catch(() => say(away))
}
`
