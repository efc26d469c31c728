import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { NeedsPerson } from '../../errors.ts'

/** The key that seals the secrets of connections; it never shows its bytes. */
export type SecretKey = KeyObject

/** Whose secret it is: a sealed secret copied to another tenant or connection does not open there. */
export type SecretOwner = { readonly tenantId: string; readonly connectionId: string }

const version = 'v1'
const keyBytes = 32
// NIST SP 800-38D: 96-bit initialisation vector, 128-bit tag.
const ivBytes = 12
const tagBytes = 16

/** Makes the key from its 32 bytes in base64; nothing when the text is no such key. */
export function secretKeyFrom(base64: string): SecretKey | undefined {
  const bytes = Buffer.from(base64.trim(), 'base64')
  return bytes.length === keyBytes ? createSecretKey(bytes) : undefined
}

const ownerBytes = ({ tenantId, connectionId }: SecretOwner): Buffer =>
  Buffer.from(JSON.stringify([version, tenantId, connectionId]))

/** Seals a secret of a connection with AES-256-GCM, bound to its owner. */
export function sealSecret(key: SecretKey, owner: SecretOwner, secret: string): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(ownerBytes(owner))
  const content = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  const parts = [iv, content, cipher.getAuthTag()].map((part) => part.toString('base64url'))
  return [version, ...parts].join('.')
}

/** Opens a sealed secret; a person must help when the key is not the one it was sealed with. */
export function openSecret(key: SecretKey, owner: SecretOwner, sealed: string): string {
  const [sealedVersion, ...parts] = sealed.split('.')
  const [iv, content, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
  const isWhole = iv?.length === ivBytes && content !== undefined && tag?.length === tagBytes
  if (sealedVersion !== version || !isWhole) throw cannotOpen(owner)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv)
      .setAAD(ownerBytes(owner))
      .setAuthTag(tag)
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8')
  } catch {
    // The cipher's own error says nothing more, and nothing of the secret may be told.
    throw cannotOpen(owner)
  }
}

function cannotOpen(owner: SecretOwner): NeedsPerson {
  return new NeedsPerson(
    `A secret of connection ${owner.connectionId} does not open with this key. Start with the key it was sealed with, or enter the secret again.`,
    { connectionId: owner.connectionId },
  )
}
