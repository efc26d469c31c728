import { RetryLater } from '../../errors.ts'

// Loaded when somebody signs in: a worker and a start need none of it.
const argon2 = () => import('@node-rs/argon2')

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB of memory, two passes, one lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// A hash of 32 random bytes that nobody knows: work for those who have no password here, never right.
const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$HpNStd428zciLJUYXSLqSw$ibgaiFIHDbeseek9VsfkbmKIarZ9BAISW6gcsAxR06o'

/** Words of a password that are too easy, or nothing. */
export function passwordFault(password: string, { email }: { readonly email: string }) {
  const length = [...password].length
  if (length < 12) return 'A password has at least 12 characters; a sentence makes a good one.'
  if (length > 200) return 'A password has at most 200 characters.'
  const [mailbox = ''] = email.split('@')
  if (mailbox.length > 3 && password.toLowerCase().includes(mailbox.toLowerCase()))
    return 'A password does not hold the address it belongs to.'
  if (new Set(password).size < 5) return 'A password has at least five different characters.'
  return undefined
}

/** Hashing holds threads that files and look-ups need too, so only some goes on at once. */
function inTurn(atOnce: number, mostWaiting: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= atOnce) {
      if (waiting.length >= mostWaiting)
        throw new RetryLater('Too many people are signing in at this moment.', {
          retryAfterSeconds: 2,
        })
      await new Promise<void>((go) => waiting.push(go))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

// Two keyboards may spell the same letter differently.
const spelled = (password: string): string => password.normalize('NFKC')

/** Hashes passwords and checks them, off the event loop. */
export type Passwords = {
  hash(password: string): Promise<string>
  /** Takes as long for somebody without a password as for a wrong one. */
  isRight(passwordHash: string | null, password: string): Promise<boolean>
  /** Whether it was made with less care than is taken today. */
  isDated(passwordHash: string): boolean
}

/** Opens the hashing of passwords with argon2id. */
export function openPasswords(): Passwords {
  const turn = inTurn(2, 50)
  return {
    hash: (password) => turn(async () => (await argon2()).hash(spelled(password), cost)),
    async isRight(passwordHash, password) {
      const matches = await turn(async () =>
        (await argon2()).verify(passwordHash ?? nobodysHash, spelled(password)),
      )
      return matches && passwordHash !== null
    },
    isDated(passwordHash) {
      const [, memoryCost, timeCost] = /m=(\d+),t=(\d+)/.exec(passwordHash) ?? []
      return Number(memoryCost) < cost.memoryCost || Number(timeCost) < cost.timeCost
    },
  }
}
