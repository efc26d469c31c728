import { cuesOfTalk } from './cues-of-talk.ts'
import type { Cue, Intent } from './intents.ts'

/** How people ask. Marks stand for references: `xorder`, `xpo`, `xcode`, `xsku`, `xinvoice`, `xcustomer`, `xamount`. */
export const cues: Readonly<Record<Intent, readonly Cue[]>> = {
  ...cuesOfTalk,
  'order-status': [
    [
      /\bwhere (is|are|does|did|has)\b.*\b(x?order|xpo|xcode|goods|shipment|delivery|it|stand|stuck|they)\b/,
      3,
    ],
    [/\b(status|state|progress|whereabouts|track|tracking|eta|news|update)\b/, 2],
    [
      /\bwhat (is|has) (happening|happened|going on|up|wrong)\b.*\b(x?order|xpo|xcode|it|with)\b/,
      2.5,
    ],
    [
      /\b(why|what).*\b(stuck|hanging|blocked|blocking|held|hold|holding|waiting|delayed|late|not (shipped|released|moving|shipping|delivered|out)|still here|stopped|stops|keeps)\b/,
      3,
    ],
    [/\b(stuck|hanging|delayed|shipped|delivered|arrive|arrived|held up|on hold)\b/, 1],
    [/\bhas\b.*\b(shipped|left|gone out|been (sent|shipped|released|delivered|invoiced))\b/, 2],
    [
      /\bwhen (will|does|is|can)\b.*\b(x?order|xpo|xcode)\b.*\b(ship|arrive|go out|leave|be delivered|delivered|there|coming)\b/,
      3,
    ],
    [
      /\b(tell me about|look up|look at|find|show( me)?|check|open|pull up)\b.*\b(xorder|xpo|xcode)\b/,
      1.5,
    ],
    [/\b(xorder|xpo)\b/, 1.5],
  ],
  'release-first': [
    [
      /\b(let|get|send|push) (\w+ )?(go|out|through)\b.*\b(first|truck|before|today|carrier|pickup)\b/,
      3,
    ],
    [/\b(unblock|free up|clear)\b.*\b(before|first|today|pickup|truck)\b/, 3.5],
    [/\bholds?\b.*\b(expir\w*|soon|running out|due)\b/, 3],
    [/\b(prioriti[sz]e|rank|sort|triage|go through|work through)\b.*\b(holds?|held)\b/, 3.5],
    [/\b(what|which|who|orders?)\b.*\breleas(e|es|ed|ing)\b/, 3],
    [/\bholds? (by|sorted|in order)\b|\b(waiting|wait|ready|due) (for|to be|on) releas/, 3.5],
    [/\bbefore the (truck|pickup|carrier|van|cutoff)\b/, 3],
    [/\b(show|list|see|give)\b.*\bholds\b/, 3],
    [/\bcutoff\b/, 3],
    [
      /\b(what|which|anything|orders?)\b.*\b(must|need|needs|have to|should|ought to|gotta|to)\b.*\brelease(d)?\b/,
      3,
    ],
    [/\breleased?\b.*\b(before|first|today|by \d|right now|urgent|urgently|next)\b/, 2],
    [/\b(what|which|who|show|list|how many)\b.*\b(on hold|held|holds)\b/, 3],
    [/\b(hold|holds) (worklist|list|queue|overview)\b/, 3.5],
    [/\b(held|on hold|holds)\b.*\b(urgent|first|worst|today|oldest|most)\b/, 2],
    [/\bheld orders\b|\borders on hold\b|\bopen holds\b/, 3],
    [/\bwhat\b.*\b(ship|go out|leave)\b.*\b(before|by)\b.*\b(cutoff|truck|today|pickup|noon)\b/, 2],
  ],
  'price-why': [
    [
      /\b(pays?|paid|paying|wrote|ordered at|sent)\b.*\b(something else|other than|more|less|differently|wrong)\b/,
      3.6,
    ],
    [/\b(over|under)(pay|paying|paid|pays|charg\w*)\b/, 3],
    [/\bwhere\b.*\bprices?\b.*\b(from|coming)\b/, 4],
    [
      /\b(why|how come|explain|what about|how)\b.*\b(price|priced|prices|pricing|cheaper|expensive|charged|cost|costs)\b/,
      3.5,
    ],
    [
      /\b(price|prices|pricing|priced)\b.*\b(wrong|different|difference|differs?|mismatch|off|too (low|high)|changed|hold|error|not match|correct|right|deviat\w*|problem|issue|lower|higher)\b/,
      3.5,
    ],
    [/\b(wrong|different|mismatch|incorrect|strange|odd|difference)\b.*\b(prices?|pricing)\b/, 3.5],
    [/\bprice (mismatch|error|difference|problem|issue|deviation|check|hold)\b/, 3.5],
    [/\b(under|over) ?(charged|charging|priced|paid|paying|pays|pay)\b/, 3],
    [/\bour price\b|\btheir price\b|\bagreed price\b|\bcontract price\b/, 2.5],
    [/\b(prices?|pricing)\b/, 2.2],
    [/\b(disagree|differ)\b.*\b(price|on)\b/, 1],
  ],
  alternatives: [
    [/\b(stand[- ]?in|stopgap|successor)s?\b/, 3.5],
    [/\b(no|zero|without) stock\b/, 3.5],
    [/\b(earliest|soonest|next) (date|day|delivery|we can)\b/, 2.5],
    [
      /\b(subs?|something else|anything else|another (part|product|item|sku)|other (part|product|item|sku)s?|plan b)\b/,
      3,
    ],
    [
      /\b(instead|alternatives?|substitutes?|substitution|replacements?|swap|equivalent|in place of|comparable|similar)\b/,
      3.5,
    ],
    [
      /\b(sold out|out of stock|no stock|not in stock|shortage|short on|short of|run out|ran out|backorder\w*|not available|unavailable|short)\b/,
      2.5,
    ],
    [/\bwhat (can|could|else|do)\b.*\b(ship|offer|deliver|send|give|sell)\b/, 2.5],
    [
      /\bwhen (can|could|will|would|do)\b.*\b(we|be)\b.*\b(ship|deliver|send|have|get|available|back)\b/,
      2,
    ],
    [/\breplace\b/, 2],
  ],
  failures: [
    [
      /\b(integrations?|interfaces?|connections?)\b.*\b(hurt|worst|trouble|pain|problems?)\b|\bhurts? (the )?most\b/,
      3,
    ],
    [/\b(which|what) (problems?|issues?|causes?)\b.*\b(first|tackle|solve|biggest|worst)\b/, 3],
    [/\b(blew|blow|blown|blows) up\b|\bwent down\b|\bgot stuck in\b/, 3],
    [
      /\b(fail|fails|failed|failing|failure|failures|errors?|exceptions?|crash\w*|bounced|broke|broken)\b/,
      2.5,
    ],
    [/\b(what|anything|something|things?)\b.*\b(went|go|gone|going|is) wrong\b/, 3],
    [/\broot causes?\b|\btriage\b|\bcauses\b/, 3],
    [
      /\bfix(es|ed)? (the )?(most|biggest|first|it all)\b|\bfix\b.*\bmost\b|\bbiggest (problem|issue|impact|failure|win)\b|\bwhat (should|do|can) (i|we) fix\b/,
      3,
    ],
    [
      /\b(problems?|issues?|trouble|incidents?)\b.*\b(since|today|yesterday|overnight|last|integration|transactions?|this)\b/,
      2.5,
    ],
    [/\btransactions?\b/, 1],
    [/\b(dead letters?|quarantine|clusters?)\b/, 2],
  ],
  'replay-safety': [
    [
      /\b(safe|safely|ok|okay|danger\w*|risk|risky|harm|double|twice|duplicates?)\b.*\b(replay|rerun|retry|resend|resubmit|reprocess|repeat|push|post|run|try|send)\w*\b/,
      4.5,
    ],
    [
      /\b(replay|rerun|retry|resend|resubmit|reprocess|retries|replays)\w*\b.*\b(safe|safely|ok|okay|danger\w*|risk|risky|harm|double|twice|duplicates?)\b/,
      4.5,
    ],
    [
      /\b(can|could|should|may|shall|do) (i|we|it|they)\b.*\b(replay|rerun|retry|resend|resubmit|reprocess|(send|run|try|push|post)\b.*\bagain)\b/,
      4,
    ],
    [/\b(replay|rerun|retry|resubmit|reprocess)\w*\b/, 2],
    [/\bwhat happens if\b.*\b(replay|rerun|retry|resend|again)\b/, 3],
  ],
  chase: [
    [
      /\b(ring|call|phone|nudge|push|press|write to|contact)\b.*\b(money|debts?|payment|invoices?)\b/,
      3,
    ],
    [
      /\b(debtors?|customers?|accounts?)\b.*\b(nudge|push|press|reminded|contacted|reminder|letter)\b/,
      4,
    ],
    [
      /\b(what|how) (should|shall|do|does|would|can|must)\b.*\b(email|mail|letter|message|reminder)\b/,
      3,
    ],
    [/\b(call|ring|phone)\b.*\b(list|for payment|today)\b/, 2],
    [/\b(chase|chasing|dun|dunning|remind|reminders?|collections?)\b/, 3.5],
    [
      /\b(who|whom|which customers?|what customers?|anyone|customers)\b.*\b(overdue|past due|late|owes?|pay|paid|paying|call|unpaid|behind)\b/,
      3,
    ],
    [/\bcall\b.*\b(about|for|over)\b.*\b(money|invoices?|payment|debt)\b/, 3],
    [
      /\b(with )?(what|which) words\b|\b(what|how) (do|should|shall|can) (i|we) (say|write|tell|word|ask)\b/,
      2,
    ],
    [/\b(overdue|past due)\b/, 1.5],
    [/\b(late|slow|bad) payers?\b/, 3],
    [/\b(draft|write|prepare)\b.*\b(reminder|letter|email|mail|message|dunning)\b/, 3],
    [/\bask\b.*\bfor\b.*\b(money|payment)\b/, 3],
  ],
  unapplied: [
    [/\b(payments?|money|cash|what)\b.*\bon account\b/, 3],
    [
      /\b(unapplied|unmatched|unallocated|unassigned|unidentified|not applied|suspense|open cash|cash on account|money on account)\b/,
      4,
    ],
    [/\bcash (application|matching|app)\b/, 3.5],
    [
      /\b(payments?|money|cash|receipts?|remittances?)\b.*\b(not|cannot|no|without|nobody|open|unknown|sitting|left|belong\w*|match\w*|appl\w*|allocat\w*|assign\w*|place)\b/,
      2.5,
    ],
    [/\b(match|apply|allocate|assign|place)\b.*\b(payments?|cash|money)\b/, 2.5],
    [/\bxpayment\b/, 2.5],
    [/\bdeductions?\b|\bshort ?pa(y|id|yments?)\b/, 2],
  ],
  credit: [
    [/\b(afford|creditworthy)\b/, 3.5],
    [/\b(enough|any|more|much) (room|headroom|credit)\b/, 3.5],
    [/\b(ship|sell|deliver|send)\b.*\bon (account|terms|credit)\b/, 4],
    [/\b(close|near|far)\b.*\blimit\b|\blimit\b.*\b(left|used|reached)\b/, 3.5],
    [
      /\b(can|could|may)\b.*\b(take|place|have|get) (on )?(another|more|a (big|bigger|large|larger)|an extra)\b/,
      3,
    ],
    [/\bgood for\b/, 4],
    [
      /\bcredit ?(worthy|worth|limit|check|line|exposure|status|standing|ok|okay|good|hold|room|risk|block\w*)\b/,
      3.5,
    ],
    [/\bcredit\b/, 2.5],
    [/\b(exposure|headroom|over (the |their |its |his )?limit|creditworth\w*|solvent)\b/, 3],
    [
      /\b(can|could|may|should) (we )?(trust|sell|ship|afford|take|buy|order)\b.*\b(more|another|on account|on terms|customer|xcustomer|order)\b/,
      1.5,
    ],
    [/\b(afford|trust)\b/, 2],
  ],
  'partner-sla': [
    [
      /\b(partners?|connections?|suppliers?|carriers?|who)\b.*\b(keep\w*|meet\w*|miss\w*|break\w*)\b.*\b(promises?|deadlines?|times?|agreements?)\b/,
      3.5,
    ],
    [
      /\b(who|which|what)\b.*\b(answers?|acknowledges?|responds?|replies|react\w*)\b.*\b(slow\w*|late|last|worst)\b/,
      3.5,
    ],
    [/\bslas?\b|\bservice levels?\b/, 4],
    [
      /\b(which|what|who|any|is|are|does)\b.*\b(partners?|connections?|suppliers?|carriers?)\b.*\b(break\w*|breach\w*|late|slow\w*|worst|miss\w*|behind|broke|not (answer|acknowledg)\w*)\b/,
      4,
    ],
    [/\bpartners?\b.*\b(perform\w*|on time|response|acknowledg\w*)\b/, 3],
    [
      /\b(acknowledge\w*|acks?|response times?)\b.*\b(late|on time|slow|missing|overdue|behind)\b/,
      3,
    ],
    [/\b(late|slow|missing|overdue)\b.*\b(acknowledge\w*|acks?|answers?)\b/, 3],
    [/\b(breach\w*|promises? (at risk|broken|in time)|deadlines?)\b/, 2],
  ],
  approvals: [
    [/^(open|pending|current|my|all|the) proposals?[ ?.!]*$/, 6],
    [/\bwhat (have|has|did|was)\b.*\bproposed?\b/, 4],
    [/\b(waiting|wait|waits|left|up) (on|for) (me|us|my|a decision|approval)\b/, 4],
    [
      /\b(waiting|wait|pending|open|outstanding|need|needs|left)\b.*\b(approv\w*|decisions?|decide|sign[- ]?off|inbox)\b/,
      4,
    ],
    [/\b(what|which|anything|something|show|list)\b.*\b(approv\w*|sign[- ]?off|inbox)\b/, 3.5],
    [
      /\b(my|the|our|open|pending|which|list|show|all|any) proposals?\b|\bproposals? (status|list|waiting|pending|open)\b/,
      3.5,
    ],
    [/\bxproposal\b/, 4],
    [/\bwhat (did|have) (i|we) (propose|ask)\w*\b/, 3],
  ],
  owed: [
    [/\bhow much\b.*\b(owes?|owed|owing|open|outstanding|due|overdue)\b/, 4],
    [/\bwhat (does|do|is|did|has)\b.*\b(owes?|owed|owing|balance|outstanding)\b/, 4],
    [/\b(ageing|aging|aged|receivables?|balances?|a\/?r|debtors?|open items)\b/, 3.5],
    [/\bowes?\b/, 1.5],
  ],
  invoice: [
    [/\bxinvoice\b/, 3],
    [/\binvoices?\b.*\b(paid|open|due|status|copy|total|sent)\b/, 1.5],
  ],
  orders: [
    [/\b(came|come|coming|arrived|got) in\b/, 2],
    [/\b(show|list|give|which|what|how many|find|any|all)\b.*\borders\b/, 2],
    [/\borders\b.*\b(today|yesterday|this week|since|from|of|for|received|came in|new)\b/, 2],
    [/\bnew orders\b|\blatest orders\b|\brecent orders\b/, 3],
  ],
  health: [
    [
      /\b(connections?|integrations?|interfaces?|shopify|shop|erp|wms|edi|systems?|links?|feeds?|api)\b.*\b(up|down|working|healthy|health|online|offline|running|alive|reachable|connected|ok|okay|broken)\b/,
      3.5,
    ],
    [/\b(integration|system|connection|interface)s? (health|status)\b|\bhealth (check|of)\b/, 4.5],
    [
      /\b(up|down|working|healthy|online|offline|running|reachable)\b.*\b(connections?|integrations?|interfaces?|shopify|erp|wms|edi|systems?)\b/,
      3.5,
    ],
    [/\b(is|are) (everything|all) (ok|okay|working|running|fine|good)\b/, 2.5],
    [/\bopen circuits?\b|\boutages?\b/, 3],
  ],
  stock: [
    [/\b(do|did|have) we (have|got|still have|any)\b.*\b(xsku|xcode)\b/, 3],
    [/\bxsku\b.*\b(do we have|have we|got any|have any)\b/, 3],
    [
      /\b(how many|how much|what|any|is|are|do we have|have we)\b.*\b(stock|on hand|inventory|available|availability|xsku left|xsku.*left)\b/,
      3,
    ],
    [/\b(stock|inventory|atp|availability)\b.*\b(xsku|xcode|of|for|level|levels|outlook)\b/, 3],
    [/\bxsku\b.*\b(stock|available|on hand|left|inventory|availability)\b/, 3],
    [/\bhow many xsku\b/, 3],
    [/\bstock\b/, 1],
  ],
  figures: [
    [
      /\bkpis?\b|\btouchless\b|\bfirst[ -]pass\b|\bperfect orders?\b|\bcycle time\b|\bdso\b|\bexception rate\b/,
      4,
    ],
    [/\bhow (are|is|did) (we|things|business|it) (doing|going|do|go)\b/, 3],
    [
      /\b(key|daily|weekly) (figures|numbers|brief|report)\b|\bdashboard\b|\bdaily ops brief\b/,
      3.5,
    ],
  ],
}
