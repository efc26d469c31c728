import { hkdfSync } from 'node:crypto'
import type { SecretKey } from '../backbone/store/secrets/sealed-secret.ts'

/** What signs cursors, body marks and the house's own commands; from the secret key, so that all processes agree. */
export function signingKeyOf(secretKey: SecretKey): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secretKey, '', 'quittance signing', 32))
}
