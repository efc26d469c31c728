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
CREATE INDEX "policy_setting_by_change" ON "policy_setting" USING btree ("tenant_id","changed_at");--> statement-breakpoint
CREATE INDEX "customer_by_parent" ON "customer" USING btree ("tenant_id","parent_number");