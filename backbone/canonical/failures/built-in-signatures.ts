import type { FailureSignature } from './signature.ts'
import { signaturesOfEnterprise } from './signatures-of-enterprise.ts'
import { signaturesOfFormats } from './signatures-of-formats.ts'
import { signaturesOfHttp } from './signatures-of-http.ts'
import { signaturesOfOurs } from './signatures-of-ours.ts'
import { signaturesOfSystems } from './signatures-of-systems.ts'
import { signaturesOfX12 } from './signatures-of-x12.ts'

/** The signs every tenant has from the start (domain rules 3.3.1); a tenant's own stand before them. */
export const builtInSignatures: readonly FailureSignature[] = [
  ...signaturesOfSystems,
  ...signaturesOfEnterprise,
  ...signaturesOfOurs,
  ...signaturesOfX12,
  ...signaturesOfFormats,
  ...signaturesOfHttp,
]
