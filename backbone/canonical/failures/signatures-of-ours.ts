import type { FailureClass } from './failure-class.ts'
import type { FailureSignature } from './signature.ts'

type Row = readonly [
  code: string,
  meaning: string,
  errorClass: FailureClass,
  effect: FailureSignature['effect'],
  remedy?: FailureSignature['remedy'],
]

function signsOf(list: string, rows: readonly Row[], source: string): FailureSignature[] {
  return rows.map(([code, about, errorClass, effect, remedy]) => ({
    signatureId: `${list}-${code}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    about,
    codeList: list,
    code,
    errorClass,
    effect,
    ...(remedy === undefined ? {} : { remedy }),
    source,
  }))
}

// The words of our own counterpart contract (docs/openapi) and of systems that speak alike: they need no list.
const contract: readonly FailureSignature[] = signsOf(
  'contract',
  [
    ['ACCOUNT_PERIOD_CLOSED', 'The account period is closed', 'BUSINESS_RULE', 'refused'],
    ['ALREADY_PICKED', 'The warehouse has picked it already', 'BUSINESS_RULE', 'refused'],
    ['BAD_SIGNATURE', 'They do not accept our signature', 'AUTH_EXPIRED', 'refused'],
    ['CONFLICT', 'Something else has this number', 'DUPLICATE', 'refused'],
    ['CREDIT_BLOCK', 'The customer is on credit block', 'BUSINESS_RULE', 'refused'],
    ['DUPLICATE', 'It is there already', 'DUPLICATE', 'refused', 'mark_duplicate'],
    ['INVALID', 'The document is not what they take', 'SCHEMA', 'refused'],
    ['INVOICE_NOT_FOUND', 'The invoice it belongs to is not there yet', 'DEPENDENCY', 'failed'],
    ['NOT_FOUND', 'What it belongs to is not there yet', 'DEPENDENCY', 'failed'],
    ['ORDER_CANCELLED', 'The order is cancelled there', 'BUSINESS_RULE', 'refused'],
    ['ORDER_NOT_FOUND', 'The order is not there yet', 'DEPENDENCY', 'failed'],
    ['PICK_NOT_FOUND', 'The pick is not there yet', 'DEPENDENCY', 'failed'],
    ['RATE_LIMIT', 'Too many calls', 'RATE_LIMIT', 'failed'],
    ['UNAUTHORIZED', 'They do not accept our credential', 'AUTH_EXPIRED', 'refused'],
    ['UNKNOWN_CUSTOMER', 'The customer is not known there', 'MAPPING', 'refused'],
    ['UNKNOWN_ITEM', 'The item is not known there', 'MAPPING', 'refused'],
  ],
  'docs/openapi',
).map(({ codeList: _, ...anyList }) => anyList)

const contractTexts: readonly FailureSignature[] = [
  {
    signatureId: 'text-account-period-closed',
    about: 'The account period is closed',
    message: 'account period closed',
    errorClass: 'BUSINESS_RULE',
    effect: 'refused',
    source: '3.3.1',
  },
  {
    signatureId: 'text-duplicate-document-number',
    about: 'The document number is used already',
    message: 'duplicate document number',
    errorClass: 'DUPLICATE',
    effect: 'refused',
    source: '3.3.1',
  },
  {
    signatureId: 'text-order-not-found',
    about: 'The order it belongs to is not there yet',
    message: 'order not found',
    errorClass: 'DEPENDENCY',
    effect: 'failed',
    source: '3.3.1',
  },
]

// Node's names of what breaks on the way (libuv, OpenSSL, getaddrinfo), and our own for a silent system.
const wayCodes: readonly Row[] = [
  ['ECONNREFUSED', 'Nobody listens there', 'TRANSPORT', 'failed'],
  ['ECONNRESET', 'The connection was cut', 'TRANSPORT', 'unknown'],
  ['ETIMEDOUT', 'No connection in time', 'TRANSPORT', 'unknown'],
  ['EPIPE', 'The connection was closed while we wrote', 'TRANSPORT', 'unknown'],
  ['ENOTFOUND', 'The host name is not known (DNS)', 'TRANSPORT', 'failed'],
  ['EAI_AGAIN', 'The name server did not answer (DNS)', 'TRANSPORT', 'failed'],
  ['EHOSTUNREACH', 'There is no way to the host', 'TRANSPORT', 'failed'],
  ['ENETUNREACH', 'There is no way to the network', 'TRANSPORT', 'failed'],
  ['EPROTO', 'The TLS handshake failed', 'TRANSPORT', 'failed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate is for another host', 'TRANSPORT', 'failed'],
  ['CERT_HAS_EXPIRED', 'Their certificate has expired', 'TRANSPORT', 'failed', 'escalate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'Their certificate is self-signed', 'TRANSPORT', 'failed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'Their certificate is not trusted', 'TRANSPORT', 'failed'],
  ['HPE_INVALID_CONSTANT', 'What answered is no HTTP server', 'TRANSPORT', 'unknown'],
  ['NETWORK', 'The network failed', 'TRANSPORT', 'unknown'],
  ['TIMEOUT', 'No answer in time; it may have happened', 'TRANSPORT', 'unknown'],
  ['ABORTED', 'The call was broken off; it may have happened', 'TRANSPORT', 'unknown'],
]

// A connection that breaks before anything was sent is worth another try; what it was is in the code either way.
const way = signsOf('network', wayCodes, '3.3.1')

const wayTexts: readonly FailureSignature[] = [
  {
    signatureId: 'text-socket-hang-up',
    about: 'The connection was cut: socket hang up',
    message: 'socket hang up',
    errorClass: 'TRANSPORT',
    effect: 'unknown',
    source: '3.3.1',
  },
  {
    signatureId: 'text-tls-handshake',
    about: 'The TLS handshake failed',
    message: 'tls handshake',
    errorClass: 'TRANSPORT',
    effect: 'failed',
    source: '3.3.1',
  },
]

const connectors = signsOf(
  'quittance',
  [
    ['CALL_BROKE_OFF', 'The call broke off; it may have happened', 'TRANSPORT', 'unknown'],
    ['LOOK_UP_FAILED', 'Its effect could not be looked up yet', 'TRANSPORT', 'unknown'],
    ['TOO_LATE', 'Our process came too late to send it; nothing was sent', 'TRANSPORT', 'failed'],
    [
      'DEADLINE_PASSED',
      'Its business deadline came before it got through; somebody asks whether it is still wanted',
      'BUSINESS_RULE',
      'refused',
    ],
    ['NOT_ASKED', 'The shop could not be asked what is open', 'TRANSPORT', 'failed'],
    ['UNREADABLE_ANSWER', 'The answer does not say what was done', 'TRANSPORT', 'unknown'],
    ['NOT_RECORDED', 'What follows from the call cannot be recorded', 'POISON', 'unknown'],
    [
      'OTHER_CONTENT',
      'Something else is kept there under our number',
      'DUPLICATE',
      'refused',
      'escalate',
    ],
    ['NO_SHOP_ORDER', 'The shop does not have the order', 'MAPPING', 'refused'],
    ['NOT_OPEN', 'Nothing is open for fulfilment in the shop', 'BUSINESS_RULE', 'refused'],
    ['SETTINGS', 'The settings of the connection do not fit', 'SCHEMA', 'refused', 'change_config'],
    ['NO_CONNECTOR', 'The connection cannot do this', 'UNKNOWN', 'refused', 'change_config'],
    [
      'NOT_RENDERED',
      'The document cannot be written in the connection’s format',
      'SCHEMA',
      'refused',
    ],
    ['OUR_BUG', 'Our own mistake', 'UNKNOWN', 'refused', 'escalate'],
    ['CONNECTION_CLOSED', 'The connection cannot be opened', 'AUTH_EXPIRED', 'refused'],
  ],
  'connectors',
)

// RFC 5321 4.2.1: 4yz is passing trouble, 5yz is final.
const mail = signsOf(
  'smtp',
  [
    ['EAUTH', 'The mail server refused our log-in', 'AUTH_EXPIRED', 'refused'],
    ['ENOAUTH', 'The mail server wants a log-in', 'AUTH_EXPIRED', 'refused'],
    ['SMTP_535', 'The mail server refused our log-in', 'AUTH_EXPIRED', 'refused'],
    ['SMTP_530', 'The mail server wants a log-in', 'AUTH_EXPIRED', 'refused'],
    ['EDNS', 'The mail server’s name is not known', 'TRANSPORT', 'failed'],
    ['ETLS', 'The mail server’s TLS failed', 'TRANSPORT', 'failed'],
    ['ESOCKET', 'The line to the mail server broke', 'TRANSPORT', 'unknown'],
    ['ECONNECTION', 'The line to the mail server broke', 'TRANSPORT', 'unknown'],
    ['UNKNOWN', 'The mail broke off', 'TRANSPORT', 'unknown'],
    ['ESTREAM', 'The mail broke off', 'TRANSPORT', 'unknown'],
    ['EMESSAGE', 'The mail server did not take the text', 'DATA_QUALITY', 'refused'],
    ['EENVELOPE', 'The mail server did not take an address', 'DATA_QUALITY', 'refused'],
    ['SMTP_421', 'The mail server is busy', 'TRANSPORT', 'failed'],
    ['SMTP_450', 'The mailbox is busy', 'TRANSPORT', 'failed'],
    ['SMTP_451', 'The mail server had a passing error', 'TRANSPORT', 'failed'],
    ['SMTP_452', 'The mail server is full for now', 'TRANSPORT', 'failed'],
    ['SMTP_550', 'There is no such mailbox', 'DATA_QUALITY', 'refused'],
    ['SMTP_551', 'The mailbox is not there', 'DATA_QUALITY', 'refused'],
    ['SMTP_552', 'The mail is too large', 'TOO_LARGE', 'refused'],
    ['SMTP_553', 'The address is not valid', 'DATA_QUALITY', 'refused'],
    ['SMTP_554', 'The mail was refused', 'DATA_QUALITY', 'refused'],
  ],
  'RFC 5321',
)

// Folders of partners.
const folder = signsOf(
  'folder',
  [
    ['EACCES', 'We may not write into the folder', 'TRANSPORT', 'failed', 'change_config'],
    ['ENOENT', 'The folder is not there', 'TRANSPORT', 'failed', 'change_config'],
    ['ENOSPC', 'The disk of the folder is full', 'TRANSPORT', 'failed', 'escalate'],
    ['EROFS', 'The folder is read-only', 'TRANSPORT', 'failed', 'change_config'],
    ['EIO', 'The disk of the folder has failed', 'TRANSPORT', 'failed', 'escalate'],
  ],
  'connectors/partner-mailbox',
)

/** What our own connectors, the counterpart contract and the network say. */
export const signaturesOfOurs: readonly FailureSignature[] = [
  ...contract,
  ...contractTexts,
  ...way,
  ...wayTexts,
  ...connectors,
  ...mail,
  ...folder,
]
