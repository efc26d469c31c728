CREATE TABLE "credit_application" (
	"tenant_id" text NOT NULL,
	"credit_application_id" text NOT NULL,
	"credit_note_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"posting_number" text NOT NULL,
	"payment_id" text,
	"deduction_id" text,
	"applied_by" text NOT NULL,
	"reason" text NOT NULL,
	"applied_at" timestamp with time zone NOT NULL,
	"undone_at" timestamp with time zone,
	"undone_by" text,
	"undo_reason" text,
	CONSTRAINT "credit_application_tenant_id_credit_application_id_pk" PRIMARY KEY("tenant_id","credit_application_id"),
	CONSTRAINT "credit_application_above_zero" CHECK (amount_minor > 0)
);
--> statement-breakpoint
CREATE TABLE "mcp_call" (
	"tenant_id" text NOT NULL,
	"call_id" text NOT NULL,
	"caller_kind" text NOT NULL,
	"caller_id" text NOT NULL,
	"caller_name" text NOT NULL,
	"tool" text NOT NULL,
	"argument_hash" text NOT NULL,
	"arguments" jsonb NOT NULL,
	"outcome" text NOT NULL,
	"problem" text,
	"items" integer,
	"bytes" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"trace_id" text,
	"called_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mcp_call_tenant_id_call_id_pk" PRIMARY KEY("tenant_id","call_id")
);
--> statement-breakpoint
CREATE TABLE "awaited_acknowledgement" (
	"tenant_id" text NOT NULL,
	"transaction_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"document_id" text NOT NULL,
	"number" text NOT NULL,
	"functional_id" text NOT NULL,
	"group_number" text NOT NULL,
	"interchange_number" text NOT NULL,
	"status" text DEFAULT 'awaited' NOT NULL,
	"answered_by" text,
	"answered_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "awaited_acknowledgement_tenant_id_transaction_id_pk" PRIMARY KEY("tenant_id","transaction_id")
);
--> statement-breakpoint
ALTER TABLE "deduction" ADD COLUMN "settled_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deduction" ADD COLUMN "closed_by" text;--> statement-breakpoint
ALTER TABLE "deduction" ADD COLUMN "close_reason" text;--> statement-breakpoint
ALTER TABLE "small_difference_month" ADD COLUMN "fee_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "replay_of" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "transaction_id" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "cluster_id" text;--> statement-breakpoint
ALTER TABLE "order_line" ADD COLUMN "is_priced_at_ship" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "order_line" ADD COLUMN "acknowledged_price" numeric(24, 8);--> statement-breakpoint
ALTER TABLE "order_line" ADD COLUMN "discount_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_line" ADD COLUMN "discount_of_each" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "transaction" ADD COLUMN "waits_for" text;--> statement-breakpoint
ALTER TABLE "transaction" ADD COLUMN "is_asked_again" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "transaction" ADD COLUMN "deadline_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outreach_message" ADD COLUMN "purpose" text DEFAULT 'reminder' NOT NULL;--> statement-breakpoint
ALTER TABLE "outreach_message" ADD COLUMN "reply_id" text;--> statement-breakpoint
ALTER TABLE "credit_note" ADD COLUMN "deduction_id" text;--> statement-breakpoint
ALTER TABLE "credit_note" ADD COLUMN "postings" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "connection_health" ADD COLUMN "retry_budget" jsonb;--> statement-breakpoint
ALTER TABLE "cluster_replay" ADD COLUMN "is_inbound" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "credit_application_by_note" ON "credit_application" USING btree ("tenant_id","credit_note_id");--> statement-breakpoint
CREATE INDEX "credit_application_by_invoice" ON "credit_application" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "credit_application_by_payment" ON "credit_application" USING btree ("tenant_id","payment_id") WHERE payment_id is not null;--> statement-breakpoint
CREATE INDEX "mcp_call_by_time" ON "mcp_call" USING btree ("tenant_id","called_at");--> statement-breakpoint
CREATE INDEX "awaited_by_group" ON "awaited_acknowledgement" USING btree ("tenant_id","connection_id","group_number");--> statement-breakpoint
CREATE INDEX "awaited_by_interchange" ON "awaited_acknowledgement" USING btree ("tenant_id","connection_id","interchange_number");--> statement-breakpoint
CREATE INDEX "awaited_by_number" ON "awaited_acknowledgement" USING btree ("tenant_id","connection_id","number");--> statement-breakpoint
CREATE INDEX "awaited_open" ON "awaited_acknowledgement" USING btree ("tenant_id","connection_id","created_at") WHERE status = 'awaited';--> statement-breakpoint
CREATE INDEX "agent_run_of_cause" ON "agent_run" USING btree ("tenant_id","subject_id") WHERE subject_kind = 'cluster';--> statement-breakpoint
CREATE INDEX "quarantine_of_cause" ON "quarantine" USING btree ("tenant_id","cluster_id") WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "outreach_message_of_reply" ON "outreach_message" USING btree ("tenant_id","reply_id") WHERE reply_id is not null and status in ('queued', 'sent', 'in-doubt');--> statement-breakpoint
CREATE UNIQUE INDEX "credit_note_by_deduction" ON "credit_note" USING btree ("tenant_id","deduction_id") WHERE deduction_id is not null;--> statement-breakpoint
ALTER TABLE "credit_note" ADD CONSTRAINT "credit_note_not_overdrawn" CHECK (open_minor >= 0 and open_minor <= total_minor);