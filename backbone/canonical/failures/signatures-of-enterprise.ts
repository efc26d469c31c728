import type { FailureSignature } from './signature.ts'

// SAP9: 53 = posted, 64 = ready are no failures; every other end of an IDoc is an application's refusal.
const idocEnds = [
  ['51', 'application error', 'escalate'],
  ['56', 'IDoc with errors added', 'fix_mapping'],
  ['60', 'syntax check error', 'fix_mapping'],
  ['61', 'processed in spite of a syntax error', 'fix_mapping'],
  ['63', 'error when passing it to the application', 'escalate'],
  ['65', 'error in the ALE service', 'change_config'],
] as const

const sap: readonly FailureSignature[] = [
  {
    signatureId: 'sap-vg204-sales-area-customer',
    about: 'SAP VG204: the sales area of a customer and vendor cannot be determined',
    code: 'VG204',
    message: 'cannot be determined for customer {customer}',
    errorClass: 'MAPPING',
    effect: 'refused',
    source: 'SA6',
  },
  {
    signatureId: 'sap-vg204-sales-area',
    about: 'SAP VG204: VKORG, VTWEG, SPART cannot be determined',
    code: 'VG204',
    errorClass: 'MAPPING',
    effect: 'refused',
    source: 'SA6',
  },
  {
    signatureId: 'sap-sales-area-text',
    about: 'SAP: VKORG, VTWEG, SPART cannot be determined for a customer',
    message: 'cannot be determined for customer {customer}',
    errorClass: 'MAPPING',
    effect: 'refused',
    source: 'SA6',
  },
  ...idocEnds.map(
    ([code, meaning, remedy]): FailureSignature => ({
      signatureId: `sap-idoc-${code}`,
      about: `SAP IDoc status ${code}: ${meaning}`,
      codeList: 'sap-idoc',
      code,
      errorClass: 'BUSINESS_RULE',
      effect: 'refused',
      remedy,
      source: 'SA9',
    }),
  ),
]

// cXML 1.2 status codes that are no success; they come inside HTTP 200 (XM2).
const cxmlStatuses = [
  ['400', 'bad request', 'SCHEMA', 'refused'],
  ['401', 'unauthorised', 'AUTH_EXPIRED', 'refused'],
  ['402', 'payment required', 'BUSINESS_RULE', 'refused'],
  ['403', 'forbidden', 'PERMISSION', 'refused'],
  ['406', 'not acceptable', 'SCHEMA', 'refused'],
  ['409', 'conflict', 'DUPLICATE', 'refused'],
  ['412', 'precondition failed', 'STALE', 'refused'],
  ['417', 'expectation failed', 'SCHEMA', 'refused'],
  ['450', 'not implemented', 'SCHEMA', 'refused'],
  ['475', 'signature required', 'PERMISSION', 'refused'],
  ['476', 'signature verification failed', 'PERMISSION', 'refused'],
  ['477', 'signature unacceptable', 'PERMISSION', 'refused'],
  ['500', 'internal server error', 'TRANSPORT', 'unknown'],
  ['550', 'the next cXML server cannot be reached', 'TRANSPORT', 'failed'],
  ['551', 'cannot be forwarded because of a wrong setting', 'PERMISSION', 'refused'],
  ['560', 'temporary server error', 'TRANSPORT', 'failed'],
] as const

const cxml = cxmlStatuses.map(
  ([code, meaning, errorClass, effect]): FailureSignature => ({
    signatureId: `cxml-${code}`,
    about: `cXML status ${code}: ${meaning}`,
    codeList: 'cxml',
    code,
    errorClass,
    effect,
    source: 'XM2',
  }),
)

const soap: readonly FailureSignature[] = [
  {
    signatureId: 'soap-sender-fault',
    about: 'SOAP fault of the sender: the message is wrong',
    codeList: 'soap',
    code: 'Sender',
    errorClass: 'SCHEMA',
    effect: 'refused',
    source: 'SOAP 1.2, 5.4.6',
  },
  {
    signatureId: 'soap-client-fault',
    about: 'SOAP fault of the client: the message is wrong',
    codeList: 'soap',
    code: 'Client',
    errorClass: 'SCHEMA',
    effect: 'refused',
    source: 'SOAP 1.1, 4.4.1',
  },
  ...['Receiver', 'Server'].map(
    (code): FailureSignature => ({
      signatureId: `soap-${code.toLowerCase()}-fault`,
      about: 'SOAP fault of the receiver: it may have happened',
      codeList: 'soap',
      code,
      errorClass: 'TRANSPORT',
      effect: 'unknown',
      source: 'SOAP 1.2, 5.4.6',
    }),
  ),
]

const graphql: readonly FailureSignature[] = [
  {
    signatureId: 'graphql-validation',
    about: 'GraphQL: the query does not fit their schema',
    codeList: 'graphql',
    code: 'GRAPHQL_VALIDATION_FAILED',
    errorClass: 'SCHEMA',
    effect: 'refused',
    source: 'gk',
  },
  {
    signatureId: 'graphql-unauthenticated',
    about: 'GraphQL: not authenticated',
    codeList: 'graphql',
    code: 'UNAUTHENTICATED',
    errorClass: 'AUTH_EXPIRED',
    effect: 'refused',
    source: 'gk',
  },
  {
    signatureId: 'graphql-forbidden',
    about: 'GraphQL: forbidden',
    codeList: 'graphql',
    code: 'FORBIDDEN',
    errorClass: 'PERMISSION',
    effect: 'refused',
    source: 'gk',
  },
]

const bulk: readonly FailureSignature[] = [
  {
    signatureId: 'bulk-some-records-failed',
    about: 'A call with several records: some of them failed',
    codeList: 'bulk',
    code: 'SOME_FAILED',
    errorClass: 'PARTIAL_SUCCESS',
    effect: 'refused',
    source: '3.3.1',
  },
]

/** What SAP, cXML networks, SOAP services, GraphQL and bulk interfaces say when they refuse, mostly inside HTTP 200. */
export const signaturesOfEnterprise: readonly FailureSignature[] = [
  ...sap,
  ...cxml,
  ...soap,
  ...graphql,
  ...bulk,
]
