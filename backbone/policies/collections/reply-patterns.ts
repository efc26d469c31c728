import type { ReplyClass } from '../../canonical/collections.ts'

/** A wording by which an answer is recognised; patterns meet lower-case text. */
export type ReplyPattern = {
  readonly replyClass: Exclude<ReplyClass, 'unknown'>
  readonly pattern: RegExp
  /** Why this wording means it, for the person who reads the verdict. */
  readonly sign: string
}

const invoiceWord = '(invoices?|bills?|statements?)'
const payWord = '(pay|send|remit|release|wire|transfer|settle|issue|mail|clear|process)'

/** How a wording of insolvency is told: it stops more than other words of law. */
export const insolvencySign = 'It speaks of insolvency.'

/** The wordings of answers to dunning, the most serious class first: the first class found is the answer's own. */
export const replyPatterns: readonly ReplyPattern[] = [
  {
    replyClass: 'legal',
    pattern:
      /\b(our|my|the) (attorney|lawyer|solicitor|legal (counsel|department|team))\b|\b(take|taking|taken) legal action\b|\bsee you in court\b|\blitigation\b|\bcease and desist\b/,
    sign: 'It speaks of lawyers or a court.',
  },
  {
    replyClass: 'legal',
    pattern:
      /\bbankrupt(cy)?\b|\binsolven(t|cy)\b|\bchapter (7|11|13)\b|\bliquidat(or|ion)\b|\badministrator (has been |was )?appointed\b|\breceivership\b/,
    sign: insolvencySign,
  },
  {
    replyClass: 'stop-contact',
    pattern:
      /\bunsubscribe\b|\b(stop|quit|cease) (contacting|e-?mailing|writing|messaging|harassing|sending)\b|\b(do not|don't|never) (contact|e-?mail|write( to)?|message|send) (us|me|this (address|company))( again| any ?more)?\b(?! (the|a|an|your|any) (invoices?|bills?|cop(y|ies)))|\b(no|any) more (e-?mails?|messages|reminders)\b|\bopt[- ]?out\b|^stop[.!]?$/,
    sign: 'It asks not to be written to.',
  },
  {
    replyClass: 'out-of-office',
    pattern:
      /\bout of (the )?office\b|\bautomatic reply\b|\bauto-?reply\b|\bon (annual |parental |maternity |sick )?(leave|vacation|holidays?) (until|till|through|from)\b|\b(currently|presently) (away|on leave)\b|\bwill (be back|return) (on|in the office)\b/,
    sign: 'It is an automatic answer of somebody who is away.',
  },
  {
    replyClass: 'wrong-contact',
    pattern:
      /\bno longer (works?|employed|with|at|responsible)\b|\bleft the company\b|\b(wrong|not the (right|correct)) (person|contact|address|department|company)\b|\bremove me from\b|\bplease (contact|direct|forward|e-?mail|send).{0,60}\binstead\b|\bi (do not|don't) (handle|deal with)\b/,
    sign: 'It says that somebody else is to be asked.',
  },
  {
    replyClass: 'hardship',
    pattern:
      /\bpayment plan\b|\b(pay|payments?) (it |this |that |off )?in (\w+ )?(instal?lments?|parts)\b|\bcash[ -]?flow\b|\b(cannot|can't|can not|unable to|not able to|not in a position to) pay\b|\bfinancial (difficult|trouble|hardship)|\b(need|request|ask for|give us) (some )?(more time|an extension)\b|\bextension of (the )?(terms|payment)\b/,
    sign: 'It asks for time or a plan.',
  },
  {
    replyClass: 'paid-claim',
    pattern:
      /\b(already|has been|have been|was|were|been) paid\b|\bwe('ve| have)? (already )?paid\b|\b(payment|check|cheque|wire|ach|transfer|remittance)\b.{0,30}\b(was|were|has been|have been) (sent|made|issued|mailed|released|processed|wired|initiated)\b|(?<!\bbe )\bpaid (it |this |these |them )?(in full )?(on|by|via|last|yesterday)\b|\bcheck (no\.?|number|#) ?\d+/,
    sign: 'It says that the money is on its way or was paid.',
  },
  {
    replyClass: 'promise',
    pattern: new RegExp(
      `\\b(will|'ll|shall|going to|plan(ning)? to|intend to|expect to|scheduled to|aim to)( be)?( \\w+){0,3} ${payWord}(ing|ed)?\\b|\\b(will|'ll|shall) be (paid|settled|cleared|released|sent|included)\\b|\\b(payment|wire|ach|check|cheque|transfer) (will (go|be)|is (scheduled|set|planned|going out))\\b|\\b(in|on) (our|the) next (check|payment|pay|cheque) ?run\\b|\\byou (will|'ll|can expect to|should) (have|receive|get) (the |your |our |full )?(payment|money|funds)\\b`,
    ),
    sign: 'It says that money will come.',
  },
  {
    replyClass: 'copy-request',
    pattern: new RegExp(
      `\\b(re-?send|send|provide|forward|need|e-?mail|attach|get|have)\\b.{0,60}\\b(cop(y|ies)|pdfs?|proof of delivery|pod|backup|supporting documents?)\\b|\\b(re-?send|send|provide|forward|e-?mail)\\b.{0,30}\\b${invoiceWord}\\b|\\b(don't|do not|didn't|did not|never) (have|receive|received|got|get|see|find)\\b.{0,40}\\b${invoiceWord}\\b|\\b(can't|cannot|unable to) (find|locate)\\b.{0,40}\\b${invoiceWord}\\b`,
    ),
    sign: 'It asks for copies.',
  },
]

/** Wordings of disputes with the X12 426 code each stands for; a bare refusal has none and a person asks. */
export const disputePatterns: readonly { readonly code: string; readonly pattern: RegExp }[] = [
  {
    code: '59',
    pattern:
      /\b(never|not|didn't|did not|haven't|have not)( yet)? (been )?(received?|delivered|arrived?|got|get)\b(?!.{0,25}\b(invoices?|bills?|statements?|cop(y|ies)|e-?mails?|reminders?)\b)|\bnon-?delivery\b/,
  },
  {
    code: '04',
    pattern: /\bdamaged?\b|\bbroken (on|upon) arrival\b|\barrived (broken|dented|crushed)\b/,
  },
  {
    code: '06',
    pattern:
      /\bshort[- ]?(shipped|shipment|delivered|delivery)\b|\bwrong quantit(y|ies)\b|\bonly (received|got) \d+\b|\bquantity (is|was) (wrong|incorrect|short)\b|\bmissing (items?|units?|pieces?|cartons?|cases?)\b/,
  },
  {
    code: '07',
    pattern:
      /\bwrong (item|product|part|material|goods)s?\b|\bincorrect (item|product|part)s?\b|\bnot what we ordered\b/,
  },
  { code: '08', pattern: /\bsubstitut(e|ed|ion)\b/ },
  {
    code: '05',
    pattern:
      /\b(poor|bad|unacceptable|inferior) quality\b|\bquality (issue|problem|complaint)s?\b|\bdefect(ive|s)?\b|\bfaulty\b|\bdoes(n't| not) work\b/,
  },
  {
    code: '19',
    pattern:
      /\b(duplicate (invoice|billing|charge)|billed twice|double[- ]?(billed|charged|invoiced)|charged (us )?twice|invoiced twice)\b/,
  },
  {
    code: '01',
    pattern:
      /\b(wrong|incorrect|higher) (unit )?prices?\b|\bprices? (is|are|was|were|does|do|did) (not|wrong|incorrect|higher|too)\b|\bpricing (error|issue|discrepanc|mismatch)|\bovercharged?\b|\b(quoted|contract|agreed) (price|rate)\b|\bprice (discrepanc|difference|mismatch)/,
  },
  {
    code: '24',
    pattern:
      /\bdiscount\b.{0,40}\b(not|missing|wrong|incorrect|forgotten)\b|\b(missing|wrong|incorrect) (early payment |cash )?discount\b/,
  },
  { code: '57', pattern: /\b(volume|quantity) (discount|rebate)\b/ },
  {
    code: '30',
    pattern: /\b(freight|shipping|delivery|fuel) (charges?|costs?|surcharges?|fees?)\b/,
  },
  {
    code: '55',
    pattern: /\b(tax[- ]?exempt|withholding tax|sales tax|exemption certificate|vat)\b/,
  },
  {
    code: '09',
    pattern:
      /\b(wrong|incorrect|different|agreed) (payment )?terms\b|\bterms (are|should be|were) net\b/,
  },
  {
    code: '44',
    pattern:
      /\bmissing (the )?(documents?|paperwork|pod|proof of delivery|purchase order|po)( number)?\b|\bno (po|purchase order)( number)? on\b/,
  },
  {
    code: '03',
    pattern:
      /\b(extension|total|amount|math|calculation) (is|was|does not|doesn't|are) (wrong|incorrect|add up|off)\b/,
  },
  { code: '02', pattern: /\b(allowance|marketing fund|co-?op)\b/ },
]

/** Wordings that say "contested" without a reason. */
export const bareDispute =
  /\b(disput(e|ed|ing)|contest(ed|ing)?|disagree|do(n't| not) (owe|accept|agree)|not (owed|due|correct|payable)|refus(e|ing) to pay|credit (note|memo)|will not (be )?pay(ing)?|won't (be )?pay(ing)?)\b/
