import type { Cue } from './intents.ts'

/** How people act on an answer, talk, or ask for what is not done here. */
export const cuesOfTalk = {
  options: [
    [
      /\b(what|which) (can|could|should|would|do|are)\b.*\b(i|we|you|my|our|the)\b.*\b(do|options?|possibilities|choices|suggest|recommend|propose)\b/,
      3,
    ],
    [/\b(options?|possibilities|choices|recommend\w*|suggest\w*)\b/, 2.5],
    [
      /\bhow (do|can|could|should|to)\b.*\b(fix|solve|resolve|unblock|get)\b.*\b(it|this|xorder|order|xpo|going|moving|out)\b/,
      3,
    ],
    [/\bwhat (now|next)\b|\bnext (step|action)s?\b/, 2.5],
  ],
  act: [
    [
      /^(?:(?:please|ok|okay|yes|now|then|just|so|,)[ ,]+)*(ship|use|take|send|deliver)\b.*\b(substitute|alternative|replacement|split|backorder)\b/,
      5,
    ],
    [
      /^(?:(?:please|ok|okay|yes|yep|now|then|just|so|and|can you|could you|would you|will you|i want (?:you )?to|i would like (?:you )?to|let us|lets|let's|go ahead and|kindly|hey|hi|you|we need to|,)[ ,]+)*(release|unhold|lift|cancel|hold(?! (?:work ?list|list|queue|overview|on))|stop|put|place|reprice|substitute|swap|replace|split|backorder|retry|replay|rerun|resend|resubmit|reprocess|send|propose|accept|bill|charge|honou?r|settle|unblock|chase(?! list)|remind|dun)\b(?! me\b| us\b)/,
      7,
    ],
    [
      /\b(make|create|raise|prepare|draft|file|open) (a |the |me a )?proposals?\b|\bpropose (it|that|this|to)\b/,
      4,
    ],
    [
      /^(?:(?:please|ok|okay|yes|yep|and|then|so|now|,)[ ,]+)*(do (it|that|this|so|them)|go ahead|make it so|go for it|proceed|yes do|do the same)\b/,
      6,
    ],
    [/^(yes|yep|yeah|sure|ok|okay|yes please|please do|sounds good|agreed)[.! ]*$/, 4],
  ],
  pick: [
    [
      /^(?:take |do |use |choose |pick |go with |and |what about |the |no |ok |okay |yes |please |,)*(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th)|last)( one| option| choice| alternative| order| customer| cause| candidate)?( please)?[.!?]*$/,
      3,
    ],
    [/\b(option|number|no|choice|candidate|alternative) ?#?(\d{1,2}|one|two|three|four|five)\b/, 4],
    [/^#?\d{1,2}[.!]?$/, 4],
    [
      /\b(the )?(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th)|last) (one|option|choice|alternative|candidate)\b/,
      4,
    ],
  ],
  why: [
    [
      /^(but |and |so |ok |hm+ )?(why|how come|why not|why is that|why so|because of what|how do you know|says who|really|are you sure|explain|explain (that|this|it)|reason|what is the reason|on what basis|why that|why this|why this one|why that one)[ ?.!]*$/,
      6,
    ],
    [
      /^(but |and )?why (is|was|did|do|does|are) (it|that|this|they|you|the (first|second|third|last)( one)?)\b/,
      1.5,
    ],
    [/\b(evidence|proof|source|sources)\b/, 2],
  ],
  more: [
    [
      /^(more|show (me )?more|next|next page|the rest|go on|continue|all of them|show all|and (then|the rest)|anything else|what else|details|more details)[ ?.!]*$/,
      5,
    ],
  ],
  help: [
    [
      /^(help|help me|hi|hello|hey|good (morning|afternoon|evening)|hi there|hello there)[ !.?,]*$/,
      5,
    ],
    [
      /\bwhat (can|do) you (do|know|answer)\b|\bwho are you\b|\bhow (does|do) (this|it|you) work\b|\bwhat are you\b/,
      5,
    ],
    [/\bwhat can (i|we) ask\b/, 5],
  ],
  thanks: [
    [
      /^(thanks?|thank you|thx|ty|cheers|great|perfect|cool|nice|got it|ok thanks|okay thanks|great thanks)( (so|very) much| a lot)?[ !.]*$/,
      5,
    ],
  ],
  'refuse-approve': [
    [
      /^(?:(?:please|ok|okay|yes|now|then|just|so|and|can you|could you|would you|will you|you|,)[ ,]+)*(approve|authori[sz]e|sign off|green ?light|reject|decline)\b/,
      6,
    ],
    [
      /\bapprove\b.*\b(yourself|for me|on my behalf|automatically|without|all|it|them|everything|xproposal)\b/,
      5,
    ],
    [
      /\b(without|skip|bypass|ignore|no|avoid|get around)\b.*\b(approv\w*|gate|four[ -]eyes|permission|proposals?|asking|anybody|anyone)\b/,
      5.5,
    ],
  ],
  'refuse-amount': [
    [/\b(knock|take|shave|cut|drop|slash)\b.*\bxamount\b.*\boff\b/, 6],
    [/\bxamount\b (off|discount|rebate|reduction)\b/, 5],
    [
      /\b(set|change|make|adjust|override|lower|raise|reduce|increase|bump|extend|double|halve|mark|write|drop|cut|move)\b.*\b(prices?|amounts?|limits?|discounts?|quantity|quantities|due dates?|terms|total|invoice|xinvoice)\b.*\b(to|of|by|as|at|down|off)\b/,
      4.5,
    ],
    [/\b(give|grant|offer|apply)\b.*\b(discount|rebate|xamount)\b/, 5],
    [/\b(reprice|price|charge|bill)\b.*\b(at|to|for)\b.*\bxamount\b/, 5],
    [/\b(write|wave|waive)\b.*\b(off|waive|fee)\b/, 4.5],
    [/\b(refund|credit)\b.*\bxamount\b/, 4.5],
  ],
  'refuse-recipient': [
    [/\b(send|email|mail|forward|cc|write|message)\b.*\bxaddress\b/, 6],
    [/\bxaddress\b/, 2],
  ],
  'refuse-rules': [
    [
      /\b(ignore|forget|disregard|override|drop)\b.*\b(instructions?|rules|prompt|previous|guardrails|policy|policies)\b/,
      7,
    ],
    [
      /\b(system prompt|your (prompt|instructions)|developer mode|jailbreak|pretend (to be|you)|you are now|act as)\b/,
      7,
    ],
    [/\b(passwords?|secrets?|api keys?|tokens?|credentials?)\b/, 4],
  ],
  'refuse-tenant': [
    [/\btenants?\b|\bother (house|companies|company)\b|\bnext door\b/, 5],
    [/\b(other|another|different|all|every) (tenants?|distributors?|companies)\b/, 5],
  ],
  unknowable: [
    [
      /\b(will|is|are|would)\b.*\b(get|become|be|going to be)\b.*\b(more expensive|cheaper|dearer)\b/,
      5,
    ],
    [
      /\bpredict\b|\bforecast\b.*\b(revenue|sales|demand)\b|\b(revenue|sales|turnover|profit)\b.*\bnext (year|quarter|month|week)\b/,
      5,
    ],
    [/\bwill\b.*\b(cost|sell|rise|fall)\b.*\b(next|tomorrow|in \d|20\d\d|future)\b/, 5],
    [/\b(best|worst|top) (salesperson|salesman|employee|colleague|rep)\b/, 5],
    [
      /\b(weather|bitcoin|stock market|share price|salary|salaries|recipe|joke|poem|election|football|competitors?|gossip)\b/,
      5,
    ],
    [
      /\b(predict|forecast|guess)\b.*\b(sales|revenue|demand|next (year|quarter|month)|future|price)\b/,
      4,
    ],
    [
      /\b(how does|what does|is|does)\b.*\b(feel|think|like|married|honest|cheat\w*|lying|personally)\b/,
      3,
    ],
    [/\bwho will win\b|\bmeaning of life\b/, 5],
  ],
} as const satisfies Record<string, readonly Cue[]>
