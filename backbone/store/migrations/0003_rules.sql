CREATE TABLE "class_rule" (
	"tenant_id" text NOT NULL,
	"product_class" text NOT NULL,
	"attributes" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "class_rule_tenant_id_product_class_pk" PRIMARY KEY("tenant_id","product_class")
);
--> statement-breakpoint
CREATE TABLE "demand" (
	"tenant_id" text NOT NULL,
	"demand_id" text NOT NULL,
	"sku" text NOT NULL,
	"warehouse" text NOT NULL,
	"quantity_each" integer NOT NULL,
	"needed_on" date NOT NULL,
	"kind" text NOT NULL,
	"is_closed" boolean DEFAULT false NOT NULL,
	"reference" text,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "demand_tenant_id_demand_id_pk" PRIMARY KEY("tenant_id","demand_id")
);
--> statement-breakpoint
CREATE TABLE "product_fit" (
	"tenant_id" text NOT NULL,
	"sku" text NOT NULL,
	"product_class" text NOT NULL,
	"fit_key" text NOT NULL,
	"safe_key" text NOT NULL,
	CONSTRAINT "product_fit_tenant_id_sku_pk" PRIMARY KEY("tenant_id","sku")
);
--> statement-breakpoint
CREATE TABLE "substitution_outcome" (
	"tenant_id" text NOT NULL,
	"outcome_id" text NOT NULL,
	"sku" text NOT NULL,
	"substitute_sku" text NOT NULL,
	"customer_number" text,
	"order_id" text,
	"line" text,
	"quantity_each" integer NOT NULL,
	"offer" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"answer" text DEFAULT 'open' NOT NULL,
	"offered_by" text NOT NULL,
	"offered_at" timestamp with time zone DEFAULT now() NOT NULL,
	"answered_by" text,
	"answered_at" timestamp with time zone,
	CONSTRAINT "substitution_outcome_tenant_id_outcome_id_pk" PRIMARY KEY("tenant_id","outcome_id")
);
--> statement-breakpoint
CREATE TABLE "substitution_rule" (
	"tenant_id" text NOT NULL,
	"rule_id" text NOT NULL,
	"kind" text NOT NULL,
	"sku" text,
	"substitute_sku" text,
	"quantity_each" integer,
	"substitute_each" integer,
	"customer_number" text,
	"valid_from" date,
	"valid_to" date,
	"reason" text,
	"is_standing" boolean,
	"is_two_way" boolean,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "substitution_rule_tenant_id_rule_id_pk" PRIMARY KEY("tenant_id","rule_id")
);
--> statement-breakpoint
CREATE TABLE "supply" (
	"tenant_id" text NOT NULL,
	"supply_id" text NOT NULL,
	"sku" text NOT NULL,
	"warehouse" text NOT NULL,
	"quantity_each" integer NOT NULL,
	"expected_on" date NOT NULL,
	"kind" text NOT NULL,
	"is_closed" boolean DEFAULT false NOT NULL,
	"reference" text,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "supply_tenant_id_supply_id_pk" PRIMARY KEY("tenant_id","supply_id")
);
--> statement-breakpoint
CREATE TABLE "cash_proposal" (
	"tenant_id" text NOT NULL,
	"proposal_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"candidate_id" text NOT NULL,
	"pass" integer NOT NULL,
	"kind" text NOT NULL,
	"confidence_percent" integer NOT NULL,
	"summary" text NOT NULL,
	"applications" jsonb NOT NULL,
	"deductions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"evidence" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"policy_version" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text,
	CONSTRAINT "cash_proposal_tenant_id_proposal_id_pk" PRIMARY KEY("tenant_id","proposal_id")
);
--> statement-breakpoint
CREATE TABLE "deduction" (
	"tenant_id" text NOT NULL,
	"deduction_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"kind" text NOT NULL,
	"code" text,
	"reference" text,
	"route" text NOT NULL,
	"verdict" text DEFAULT 'unchecked' NOT NULL,
	"justified_minor" bigint DEFAULT 0 NOT NULL,
	"evidence" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"alternatives" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"policy_version" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "deduction_tenant_id_deduction_id_pk" PRIMARY KEY("tenant_id","deduction_id")
);
--> statement-breakpoint
CREATE TABLE "payer_account" (
	"tenant_id" text NOT NULL,
	"payer_key" text NOT NULL,
	"customer_number" text NOT NULL,
	"confirmations" integer DEFAULT 1 NOT NULL,
	"payment_id" text NOT NULL,
	"learned_from" text NOT NULL,
	"learned_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payer_account_tenant_id_payer_key_pk" PRIMARY KEY("tenant_id","payer_key")
);
--> statement-breakpoint
CREATE TABLE "small_difference_month" (
	"tenant_id" text NOT NULL,
	"customer_number" text NOT NULL,
	"month" date NOT NULL,
	"currency" text NOT NULL,
	"written_off_minor" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "small_difference_month_tenant_id_customer_number_month_currency_pk" PRIMARY KEY("tenant_id","customer_number","month","currency")
);
--> statement-breakpoint
CREATE TABLE "payment_taken_back" (
	"tenant_id" text NOT NULL,
	"taken_back_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"applied_minor" bigint NOT NULL,
	"discount_minor" bigint NOT NULL,
	"write_off_minor" bigint NOT NULL,
	"fee_minor" bigint NOT NULL,
	"pass" integer,
	"applied_by" text NOT NULL,
	"applied_at" timestamp with time zone NOT NULL,
	"reversal_payment_id" text,
	"taken_back_by" text NOT NULL,
	"reason" text NOT NULL,
	"taken_back_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_taken_back_tenant_id_taken_back_id_pk" PRIMARY KEY("tenant_id","taken_back_id")
);
--> statement-breakpoint
CREATE TABLE "collections_odds" (
	"tenant_id" text NOT NULL,
	"segment" text NOT NULL,
	"bucket" text NOT NULL,
	"contacted_trials" integer NOT NULL,
	"contacted_paid" integer NOT NULL,
	"left_alone_trials" integer NOT NULL,
	"left_alone_paid" integer NOT NULL,
	"counted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "collections_odds_tenant_id_segment_bucket_pk" PRIMARY KEY("tenant_id","segment","bucket")
);
--> statement-breakpoint
CREATE TABLE "collections_round" (
	"tenant_id" text NOT NULL,
	"round_on" date NOT NULL,
	"outcome" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"done_at" timestamp with time zone NOT NULL,
	CONSTRAINT "collections_round_tenant_id_round_on_pk" PRIMARY KEY("tenant_id","round_on")
);
--> statement-breakpoint
CREATE TABLE "customer_stop" (
	"tenant_id" text NOT NULL,
	"stop_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	"placed_by" text NOT NULL,
	"until" date,
	"lifted_at" timestamp with time zone,
	"lifted_by" text,
	"lift_reason" text
);
--> statement-breakpoint
CREATE TABLE "dunning_contact" (
	"tenant_id" text NOT NULL,
	"contact_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"channel" text NOT NULL,
	"level" integer NOT NULL,
	"is_reply" boolean DEFAULT false NOT NULL,
	"outcome" text NOT NULL,
	"addressee" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"invoice_numbers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"amount_minor" bigint NOT NULL,
	"oldest_days" integer NOT NULL,
	"segment" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"made_on" date NOT NULL,
	"recorded_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dunning_reply" (
	"tenant_id" text NOT NULL,
	"reply_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"channel" text NOT NULL,
	"sender" text DEFAULT '' NOT NULL,
	"content" text NOT NULL,
	"reply_class" text NOT NULL,
	"reading" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"recorded_by" text NOT NULL,
	"read_at" timestamp with time zone,
	"read_by" text
);
--> statement-breakpoint
CREATE TABLE "invoice_dispute" (
	"tenant_id" text NOT NULL,
	"dispute_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"invoice_number" text NOT NULL,
	"instalment" integer,
	"amount_minor" bigint NOT NULL,
	"code" text NOT NULL,
	"route" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"status" text NOT NULL,
	"reply_id" text,
	"opened_at" timestamp with time zone NOT NULL,
	"recorded_by" text NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "payment_promise" (
	"tenant_id" text NOT NULL,
	"promise_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"promised_on" date NOT NULL,
	"settle_by" date NOT NULL,
	"invoice_numbers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"status" text NOT NULL,
	"paid_minor" bigint DEFAULT 0 NOT NULL,
	"reply_id" text,
	"note" text DEFAULT '' NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"recorded_on" date NOT NULL,
	"recorded_by" text NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_on" date,
	"decided_by" text,
	"decision_reason" text
);
--> statement-breakpoint
CREATE TABLE "credit_review" (
	"tenant_id" text NOT NULL,
	"review_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"cause" text NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "document_figure" (
	"tenant_id" text NOT NULL,
	"day" date NOT NULL,
	"direction" text NOT NULL,
	"connection_id" text NOT NULL,
	"doc_type" text NOT NULL,
	"documents" integer NOT NULL,
	"passed" integer NOT NULL,
	"tests" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "document_figure_tenant_id_day_direction_connection_id_doc_type_pk" PRIMARY KEY("tenant_id","day","direction","connection_id","doc_type")
);
--> statement-breakpoint
CREATE TABLE "figure_day" (
	"tenant_id" text NOT NULL,
	"day" date NOT NULL,
	"counted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "figure_day_tenant_id_day_pk" PRIMARY KEY("tenant_id","day")
);
--> statement-breakpoint
CREATE TABLE "figure_progress" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"up_to_event_id" bigint NOT NULL,
	"back_to" timestamp with time zone,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "order_figure" (
	"tenant_id" text NOT NULL,
	"order_id" text NOT NULL,
	"partner_id" text,
	"received_at" timestamp with time zone NOT NULL,
	"is_touchless" boolean NOT NULL,
	"exceptions" integer NOT NULL,
	"is_acknowledged_on_time" boolean,
	"is_on_time" boolean,
	"is_complete" boolean,
	"is_undamaged" boolean,
	"has_right_documents" boolean,
	"validating" double precision,
	"releasing" double precision,
	"shipping" double precision,
	"invoicing" double precision,
	"paying" double precision,
	"order_cycle" double precision,
	"order_to_invoice" double precision,
	"touches" jsonb,
	CONSTRAINT "order_figure_tenant_id_order_id_pk" PRIMARY KEY("tenant_id","order_id")
);
--> statement-breakpoint
CREATE TABLE "policy_setting" (
	"tenant_id" text NOT NULL,
	"policy" text NOT NULL,
	"scope" text NOT NULL,
	"version" integer NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"settings" jsonb NOT NULL,
	"changed_by" text NOT NULL,
	"reason" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "policy_setting_tenant_id_policy_scope_version_pk" PRIMARY KEY("tenant_id","policy","scope","version")
);
--> statement-breakpoint
CREATE TABLE "exchange_rate" (
	"tenant_id" text NOT NULL,
	"rate_id" text NOT NULL,
	"base" text NOT NULL,
	"quote" text NOT NULL,
	"rate" numeric(24, 8) NOT NULL,
	"valid_on" date NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exchange_rate_tenant_id_rate_id_pk" PRIMARY KEY("tenant_id","rate_id")
);
--> statement-breakpoint
CREATE TABLE "promotion" (
	"tenant_id" text NOT NULL,
	"promotion_id" text NOT NULL,
	"name" text NOT NULL,
	"currency" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"combination" text NOT NULL,
	"priority" integer NOT NULL,
	"percent_off" numeric(9, 4),
	"amount_off" numeric(24, 8),
	"minimum_quantity" integer DEFAULT 1 NOT NULL,
	"quota_each" integer,
	"used_each" integer DEFAULT 0 NOT NULL,
	"excluded_skus" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"customer_numbers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"tiers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"buying_groups" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "promotion_tenant_id_promotion_id_pk" PRIMARY KEY("tenant_id","promotion_id")
);
--> statement-breakpoint
CREATE TABLE "promotion_target" (
	"tenant_id" text NOT NULL,
	"target" text NOT NULL,
	"promotion_id" text NOT NULL,
	CONSTRAINT "promotion_target_tenant_id_target_promotion_id_pk" PRIMARY KEY("tenant_id","target","promotion_id")
);
--> statement-breakpoint
CREATE TABLE "credit_note" (
	"tenant_id" text NOT NULL,
	"credit_note_id" text PRIMARY KEY NOT NULL,
	"credit_note_number" text NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"fee_minor" bigint DEFAULT 0 NOT NULL,
	"total_minor" bigint NOT NULL,
	"open_minor" bigint NOT NULL,
	"status" text NOT NULL,
	"reason_code" text,
	"order_id" text,
	"invoice_id" text,
	"invoice_number" text,
	"return_id" text,
	"lines" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"issued_on" date NOT NULL,
	"issued_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rma_line" (
	"tenant_id" text NOT NULL,
	"return_id" text NOT NULL,
	"line" text NOT NULL,
	"sku" text,
	"reason" text NOT NULL,
	"dispute_code" text,
	"dispute_id" text,
	"condition" text NOT NULL,
	"quantity_each" integer NOT NULL,
	"received_each" integer,
	"accepted_each" integer,
	"credited_net_minor" bigint DEFAULT 0 NOT NULL,
	"credited_tax_minor" bigint DEFAULT 0 NOT NULL,
	"fee_minor" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "rma_line_tenant_id_return_id_line_pk" PRIMARY KEY("tenant_id","return_id","line")
);
--> statement-breakpoint
CREATE TABLE "rma" (
	"tenant_id" text NOT NULL,
	"return_id" text PRIMARY KEY NOT NULL,
	"return_number" text NOT NULL,
	"order_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"invoice_number" text NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"requested_on" date NOT NULL,
	"decision" jsonb NOT NULL,
	"note" text,
	"requested_by" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sla_pause" (
	"tenant_id" text NOT NULL,
	"subject" text NOT NULL,
	"target" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "sla_pause_tenant_id_subject_target_started_at_pk" PRIMARY KEY("tenant_id","subject","target","started_at")
);
--> statement-breakpoint
CREATE TABLE "lane_history" (
	"tenant_id" text NOT NULL,
	"lane_id" text NOT NULL,
	"carrier" text NOT NULL,
	"service" text NOT NULL,
	"origin" text NOT NULL,
	"destination" text NOT NULL,
	"currency" text NOT NULL,
	"cost_minor" bigint NOT NULL,
	"transits" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"as_of" date NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "lane_history_tenant_id_lane_id_pk" PRIMARY KEY("tenant_id","lane_id")
);
--> statement-breakpoint
CREATE TABLE "supplier_offer" (
	"tenant_id" text NOT NULL,
	"supplier_id" text NOT NULL,
	"sku" text NOT NULL,
	"currency" text NOT NULL,
	"unit_price" numeric(24, 8) NOT NULL,
	"landing_per_unit" numeric(24, 8) DEFAULT '0' NOT NULL,
	"available_each" integer NOT NULL,
	"lead_days" integer DEFAULT 0 NOT NULL,
	"deliveries" integer DEFAULT 0 NOT NULL,
	"deliveries_in_full" integer DEFAULT 0 NOT NULL,
	"quality_permille" integer DEFAULT 1000 NOT NULL,
	"quoted_on" date NOT NULL,
	"valid_to" date,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "supplier_offer_tenant_id_sku_supplier_id_pk" PRIMARY KEY("tenant_id","sku","supplier_id")
);
--> statement-breakpoint
CREATE TABLE "cluster_replay" (
	"tenant_id" text NOT NULL,
	"transaction_id" text NOT NULL,
	"cluster_id" text NOT NULL,
	CONSTRAINT "cluster_replay_tenant_id_transaction_id_pk" PRIMARY KEY("tenant_id","transaction_id")
);
--> statement-breakpoint
CREATE TABLE "failure_cluster" (
	"tenant_id" text NOT NULL,
	"cluster_id" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"state_since" timestamp with time zone DEFAULT now() NOT NULL,
	"recurrences" integer DEFAULT 0 NOT NULL,
	"note" text,
	"changed_by" text NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "failure_cluster_tenant_id_cluster_id_pk" PRIMARY KEY("tenant_id","cluster_id")
);
--> statement-breakpoint
CREATE TABLE "failure_signature" (
	"tenant_id" text NOT NULL,
	"signature_id" text NOT NULL,
	"signature" jsonb NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "failure_signature_tenant_id_signature_id_pk" PRIMARY KEY("tenant_id","signature_id")
);
--> statement-breakpoint
ALTER TABLE "agreement" ALTER COLUMN "customer_number" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "agreement" ADD COLUMN "kind" text DEFAULT 'contract' NOT NULL;--> statement-breakpoint
ALTER TABLE "agreement" ADD COLUMN "ship_to" text;--> statement-breakpoint
ALTER TABLE "agreement" ADD COLUMN "buying_group" text;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "credit" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "parent_number" text;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "buying_group" text;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "segment" text DEFAULT 'standard' NOT NULL;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "legal_kind" text DEFAULT 'unknown' NOT NULL;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "customer" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "product" ADD COLUMN "family" text;--> statement-breakpoint
ALTER TABLE "product" ADD COLUMN "brand" text;--> statement-breakpoint
ALTER TABLE "product" ADD COLUMN "origin" text;--> statement-breakpoint
ALTER TABLE "product" ADD COLUMN "condition" text DEFAULT 'new' NOT NULL;--> statement-breakpoint
ALTER TABLE "product" ADD COLUMN "shelf_life_days" integer;--> statement-breakpoint
ALTER TABLE "product" ADD COLUMN "restrictions" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "open_order_minor" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "to_bill_minor" bigint;--> statement-breakpoint
ALTER TABLE "payment_application" ADD COLUMN "write_off_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_application" ADD COLUMN "fee_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_application" ADD COLUMN "taken_minor" bigint;--> statement-breakpoint
ALTER TABLE "payment_application" ADD COLUMN "fx_difference_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_application" ADD COLUMN "pass" integer;--> statement-breakpoint
ALTER TABLE "payment_application" ADD COLUMN "applied_by" text DEFAULT 'cash-matching' NOT NULL;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "payer_key" text;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "reference_key" text;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "remittance_lines" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "matching" jsonb;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "postings" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "settled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "reversed_by" text;--> statement-breakpoint
CREATE INDEX "demand_open" ON "demand" USING btree ("tenant_id","sku") WHERE not is_closed;--> statement-breakpoint
CREATE INDEX "product_fit_by_key" ON "product_fit" USING btree ("tenant_id","product_class","fit_key","safe_key","sku");--> statement-breakpoint
CREATE INDEX "substitution_outcome_by_pair" ON "substitution_outcome" USING btree ("tenant_id","sku","substitute_sku");--> statement-breakpoint
CREATE INDEX "substitution_rule_by_sku" ON "substitution_rule" USING btree ("tenant_id","sku");--> statement-breakpoint
CREATE INDEX "substitution_rule_by_substitute" ON "substitution_rule" USING btree ("tenant_id","substitute_sku");--> statement-breakpoint
CREATE INDEX "supply_open" ON "supply" USING btree ("tenant_id","sku") WHERE not is_closed;--> statement-breakpoint
CREATE UNIQUE INDEX "cash_proposal_by_payment" ON "cash_proposal" USING btree ("tenant_id","payment_id","candidate_id") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "cash_proposal_of_payment" ON "cash_proposal" USING btree ("tenant_id","payment_id","status");--> statement-breakpoint
CREATE INDEX "deduction_by_payment" ON "deduction" USING btree ("tenant_id","payment_id");--> statement-breakpoint
CREATE INDEX "deduction_by_invoice" ON "deduction" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "deduction_by_customer" ON "deduction" USING btree ("tenant_id","customer_number","status");--> statement-breakpoint
CREATE INDEX "deduction_by_age" ON "deduction" USING btree ("tenant_id","opened_at","deduction_id");--> statement-breakpoint
CREATE INDEX "payer_account_by_customer" ON "payer_account" USING btree ("tenant_id","customer_number");--> statement-breakpoint
CREATE INDEX "payment_taken_back_by_payment" ON "payment_taken_back" USING btree ("tenant_id","payment_id");--> statement-breakpoint
CREATE INDEX "payment_taken_back_by_time" ON "payment_taken_back" USING btree ("tenant_id","taken_back_at");--> statement-breakpoint
CREATE INDEX "customer_stop_by_date" ON "customer_stop" USING btree ("tenant_id","placed_at","stop_id");--> statement-breakpoint
CREATE INDEX "customer_stop_active" ON "customer_stop" USING btree ("tenant_id","customer_number") WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "dunning_contact_by_customer" ON "dunning_contact" USING btree ("tenant_id","customer_number","made_at");--> statement-breakpoint
CREATE INDEX "dunning_contact_by_date" ON "dunning_contact" USING btree ("tenant_id","made_at","contact_id");--> statement-breakpoint
CREATE INDEX "dunning_reply_by_date" ON "dunning_reply" USING btree ("tenant_id","received_at","reply_id");--> statement-breakpoint
CREATE INDEX "dunning_reply_unread" ON "dunning_reply" USING btree ("tenant_id","customer_number") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "invoice_dispute_by_date" ON "invoice_dispute" USING btree ("tenant_id","opened_at","dispute_id");--> statement-breakpoint
CREATE INDEX "invoice_dispute_by_invoice" ON "invoice_dispute" USING btree ("tenant_id","invoice_number");--> statement-breakpoint
CREATE INDEX "invoice_dispute_open" ON "invoice_dispute" USING btree ("tenant_id","customer_number") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "payment_promise_by_date" ON "payment_promise" USING btree ("tenant_id","recorded_at","promise_id");--> statement-breakpoint
CREATE INDEX "payment_promise_by_customer" ON "payment_promise" USING btree ("tenant_id","customer_number","status");--> statement-breakpoint
CREATE INDEX "payment_promise_pending" ON "payment_promise" USING btree ("tenant_id","promised_on") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "credit_review_by_asked" ON "credit_review" USING btree ("tenant_id","review_id");--> statement-breakpoint
CREATE INDEX "order_figure_by_received" ON "order_figure" USING btree ("tenant_id","received_at");--> statement-breakpoint
CREATE INDEX "policy_setting_by_change" ON "policy_setting" USING btree ("tenant_id","changed_at");--> statement-breakpoint
CREATE INDEX "exchange_rate_by_day" ON "exchange_rate" USING btree ("tenant_id","valid_on");--> statement-breakpoint
CREATE INDEX "promotion_target_by_promotion" ON "promotion_target" USING btree ("tenant_id","promotion_id");--> statement-breakpoint
CREATE UNIQUE INDEX "credit_note_by_number" ON "credit_note" USING btree ("tenant_id","credit_note_number");--> statement-breakpoint
CREATE INDEX "credit_note_by_customer" ON "credit_note" USING btree ("tenant_id","customer_number","status");--> statement-breakpoint
CREATE INDEX "credit_note_by_return" ON "credit_note" USING btree ("tenant_id","return_id");--> statement-breakpoint
CREATE INDEX "credit_note_by_invoice" ON "credit_note" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rma_by_number" ON "rma" USING btree ("tenant_id","return_number");--> statement-breakpoint
CREATE INDEX "rma_by_invoice" ON "rma" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "rma_by_order" ON "rma" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE INDEX "rma_by_status" ON "rma" USING btree ("tenant_id","status","return_id");--> statement-breakpoint
CREATE INDEX "lane_history_by_lane" ON "lane_history" USING btree ("tenant_id","origin","destination");--> statement-breakpoint
CREATE INDEX "supplier_offer_by_supplier" ON "supplier_offer" USING btree ("tenant_id","supplier_id","sku");--> statement-breakpoint
CREATE INDEX "cluster_replay_by_cluster" ON "cluster_replay" USING btree ("tenant_id","cluster_id");--> statement-breakpoint
CREATE INDEX "failure_cluster_by_state" ON "failure_cluster" USING btree ("tenant_id","state","state_since");--> statement-breakpoint
CREATE INDEX "agreement_by_group" ON "agreement" USING btree ("tenant_id","buying_group");--> statement-breakpoint
CREATE INDEX "customer_by_parent" ON "customer" USING btree ("tenant_id","parent_number");--> statement-breakpoint
CREATE INDEX "product_restricted" ON "product" USING btree ("tenant_id","sku") WHERE restrictions->'licences' <> '[]' or restrictions->'exportBarredTo' <> '[]'
          or restrictions->'soldOnlyIn' <> '[]' or restrictions->'channelsBarred' <> '[]'
          or restrictions @> '{"isRecalled": true}' or restrictions @> '{"isOnQualityHold": true}';--> statement-breakpoint
CREATE INDEX "order_line_waiting" ON "order_line" USING btree ("tenant_id","sku") WHERE ordered_each - cancelled_each - shipped_each - allocated_each > 0;--> statement-breakpoint
CREATE INDEX "orders_open_by_customer" ON "orders" USING btree ("tenant_id","customer_number") WHERE stage in ('validated', 'held', 'ready', 'released', 'picking', 'shipped');--> statement-breakpoint
CREATE INDEX "payment_by_reference" ON "payment" USING btree ("tenant_id","reference_key","amount_minor") WHERE reference_key is not null;--> statement-breakpoint
CREATE INDEX "payment_to_match" ON "payment" USING btree ("tenant_id","booked_on","payment_id") WHERE unapplied_minor <> 0;--> statement-breakpoint
CREATE INDEX "payment_unapplied" ON "payment" USING btree ("tenant_id","customer_number") WHERE unapplied_minor <> 0;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_not_overdrawn" CHECK (unapplied_minor >= 0 or amount_minor < 0);