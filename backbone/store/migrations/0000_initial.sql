CREATE TABLE "document" (
	"document_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"direction" text NOT NULL,
	"doc_type" text NOT NULL,
	"number" text NOT NULL,
	"receipt_id" text,
	"connection_id" text,
	"order_id" text,
	"canonical" jsonb NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"stream_key" text,
	"order_seq" integer,
	"waits_for" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"applied_at" timestamp with time zone,
	"trace_parent" text
);
--> statement-breakpoint
CREATE TABLE "order_stream" (
	"tenant_id" text NOT NULL,
	"stream_key" text NOT NULL,
	"last_seq" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "order_stream_tenant_id_stream_key_pk" PRIMARY KEY("tenant_id","stream_key")
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"quarantine_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"receipt_id" text,
	"document_id" text,
	"connection_id" text,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text
);
--> statement-breakpoint
CREATE TABLE "raw_document" (
	"receipt_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receipt" (
	"receipt_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"channel" text NOT NULL,
	"received_seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "receipt_received_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transport_id" text NOT NULL,
	"business_key" text,
	"sha256" text NOT NULL,
	"status" text NOT NULL,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"headers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"content_type" text,
	"byte_size" integer NOT NULL,
	"duplicates" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"conflicts_with" text,
	"trace_parent" text,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "stream_place" (
	"tenant_id" text NOT NULL,
	"receipt_id" text NOT NULL,
	"stream_key" text NOT NULL,
	"order_seq" integer NOT NULL,
	CONSTRAINT "stream_place_tenant_id_receipt_id_stream_key_order_seq_pk" PRIMARY KEY("tenant_id","receipt_id","stream_key","order_seq")
);
--> statement-breakpoint
CREATE TABLE "agreement_price" (
	"tenant_id" text NOT NULL,
	"agreement_id" text NOT NULL,
	"target" text NOT NULL,
	"minimum_quantity" integer DEFAULT 1 NOT NULL,
	"unit_price" numeric(24, 8),
	"percent_off" numeric(9, 4),
	CONSTRAINT "agreement_price_tenant_id_agreement_id_target_minimum_quantity_pk" PRIMARY KEY("tenant_id","agreement_id","target","minimum_quantity")
);
--> statement-breakpoint
CREATE TABLE "agreement" (
	"tenant_id" text NOT NULL,
	"agreement_id" text NOT NULL,
	"name" text NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agreement_tenant_id_agreement_id_pk" PRIMARY KEY("tenant_id","agreement_id")
);
--> statement-breakpoint
CREATE TABLE "customer_key" (
	"tenant_id" text NOT NULL,
	"key" text NOT NULL,
	"customer_number" text NOT NULL,
	CONSTRAINT "customer_key_tenant_id_key_pk" PRIMARY KEY("tenant_id","key")
);
--> statement-breakpoint
CREATE TABLE "customer" (
	"tenant_id" text NOT NULL,
	"customer_number" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"tier" text,
	"currency" text NOT NULL,
	"terms" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"credit_limit_minor" bigint,
	"addresses" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"contacts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customer_tenant_id_customer_number_pk" PRIMARY KEY("tenant_id","customer_number")
);
--> statement-breakpoint
CREATE TABLE "item_key" (
	"tenant_id" text NOT NULL,
	"customer_number" text DEFAULT '' NOT NULL,
	"key" text NOT NULL,
	"sku" text NOT NULL,
	CONSTRAINT "item_key_tenant_id_key_customer_number_pk" PRIMARY KEY("tenant_id","key","customer_number")
);
--> statement-breakpoint
CREATE TABLE "partner" (
	"tenant_id" text NOT NULL,
	"partner_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"customer_number" text,
	"identifiers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"policy" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "partner_tenant_id_partner_id_pk" PRIMARY KEY("tenant_id","partner_id")
);
--> statement-breakpoint
CREATE TABLE "price_list" (
	"tenant_id" text NOT NULL,
	"price_list_id" text NOT NULL,
	"name" text NOT NULL,
	"currency" text NOT NULL,
	"tier" text,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "price_list_tenant_id_price_list_id_pk" PRIMARY KEY("tenant_id","price_list_id")
);
--> statement-breakpoint
CREATE TABLE "price" (
	"tenant_id" text NOT NULL,
	"price_list_id" text NOT NULL,
	"sku" text NOT NULL,
	"minimum_quantity" integer DEFAULT 1 NOT NULL,
	"unit_price" numeric(24, 8) NOT NULL,
	CONSTRAINT "price_tenant_id_price_list_id_sku_minimum_quantity_pk" PRIMARY KEY("tenant_id","price_list_id","sku","minimum_quantity")
);
--> statement-breakpoint
CREATE TABLE "product" (
	"tenant_id" text NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"product_class" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"base_uom" text DEFAULT 'EA' NOT NULL,
	"uom_factors" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"minimum_quantity" integer DEFAULT 1 NOT NULL,
	"quantity_multiple" integer DEFAULT 1 NOT NULL,
	"landed_cost" numeric(24, 8),
	"currency" text DEFAULT 'USD' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "product_tenant_id_sku_pk" PRIMARY KEY("tenant_id","sku")
);
--> statement-breakpoint
CREATE TABLE "stock" (
	"tenant_id" text NOT NULL,
	"warehouse" text NOT NULL,
	"sku" text NOT NULL,
	"on_hand_each" integer NOT NULL,
	"allocated_each" integer DEFAULT 0 NOT NULL,
	"safety_each" integer DEFAULT 0 NOT NULL,
	"as_of" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stock_tenant_id_sku_warehouse_pk" PRIMARY KEY("tenant_id","sku","warehouse")
);
--> statement-breakpoint
CREATE TABLE "event_checkpoint" (
	"tenant_id" text NOT NULL,
	"checkpoint_no" integer NOT NULL,
	"after_event_id" bigint NOT NULL,
	"up_to_event_id" bigint NOT NULL,
	"event_count" integer NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "event_checkpoint_tenant_id_checkpoint_no_pk" PRIMARY KEY("tenant_id","checkpoint_no")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"event_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "event_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant_id" text NOT NULL,
	"order_id" text,
	"order_event_no" integer,
	"kind" text NOT NULL,
	"actor" text NOT NULL,
	"summary" text NOT NULL,
	"body" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"trace_parent" text,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hold" (
	"hold_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"order_id" text NOT NULL,
	"line" text,
	"type" text NOT NULL,
	"blocks" jsonb NOT NULL,
	"reason" text NOT NULL,
	"evidence" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"conditions" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	"placed_by" text NOT NULL,
	"expires_at" timestamp with time zone,
	"timed_out_at" timestamp with time zone,
	"released_at" timestamp with time zone,
	"released_by" text,
	"release_reason" text
);
--> statement-breakpoint
CREATE TABLE "invoice" (
	"invoice_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"invoice_number" text NOT NULL,
	"order_id" text NOT NULL,
	"shipment_id" text,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"total_minor" bigint NOT NULL,
	"open_minor" bigint NOT NULL,
	"invoiced_on" date NOT NULL,
	"due_on" date NOT NULL,
	"discount_until" date,
	"discount_minor" bigint DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"document_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "order_line" (
	"tenant_id" text NOT NULL,
	"order_id" text NOT NULL,
	"line" text NOT NULL,
	"position" integer NOT NULL,
	"sku" text,
	"item" jsonb NOT NULL,
	"description" text,
	"quantity" numeric(24, 8) NOT NULL,
	"uom" text NOT NULL,
	"uom_scheme" text NOT NULL,
	"uom_factor" integer DEFAULT 1 NOT NULL,
	"sent_unit_price" numeric(24, 8),
	"price_basis" numeric(24, 8) DEFAULT '1' NOT NULL,
	"unit_price" numeric(24, 8),
	"price_source" text,
	"line_amount_minor" bigint DEFAULT 0 NOT NULL,
	"ordered_each" integer DEFAULT 0 NOT NULL,
	"cancelled_each" integer DEFAULT 0 NOT NULL,
	"allocated_each" integer DEFAULT 0 NOT NULL,
	"shipped_each" integer DEFAULT 0 NOT NULL,
	"invoiced_each" integer DEFAULT 0 NOT NULL,
	"warehouse" text,
	"requested_on" date,
	"promised_on" date,
	"references" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "order_line_tenant_id_order_id_line_pk" PRIMARY KEY("tenant_id","order_id","line")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"order_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"order_number" text NOT NULL,
	"stage" text NOT NULL,
	"connection_id" text NOT NULL,
	"partner_id" text,
	"stream_key" text NOT NULL,
	"source_key" text,
	"document_id" text NOT NULL,
	"customer_number" text,
	"customer_keys" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"purchase_order_number" text NOT NULL,
	"po_normalised" text NOT NULL,
	"release_number" text,
	"source_version" text,
	"change_count" integer DEFAULT 0 NOT NULL,
	"erp_revision" integer DEFAULT 0 NOT NULL,
	"erp_id" text,
	"currency" text NOT NULL,
	"ordered_on" date,
	"requested_on" date,
	"parties" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"references" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"terms" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"line_hash" text NOT NULL,
	"stated_total_minor" bigint,
	"total_minor" bigint DEFAULT 0 NOT NULL,
	"charges_minor" bigint DEFAULT 0 NOT NULL,
	"allowance_minor" bigint DEFAULT 0 NOT NULL,
	"tax_minor" bigint DEFAULT 0 NOT NULL,
	"is_ship_complete" boolean DEFAULT false NOT NULL,
	"is_test" boolean DEFAULT false NOT NULL,
	"is_acknowledged" boolean DEFAULT false NOT NULL,
	"cancel_reason" text,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"event_count" integer DEFAULT 0 NOT NULL,
	"event_hash" text DEFAULT '' NOT NULL,
	"trace_parent" text,
	"version" integer DEFAULT 1 NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"released_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_application" (
	"tenant_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"applied_minor" bigint NOT NULL,
	"discount_minor" bigint DEFAULT 0 NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_application_tenant_id_payment_id_invoice_id_pk" PRIMARY KEY("tenant_id","payment_id","invoice_id")
);
--> statement-breakpoint
CREATE TABLE "payment" (
	"payment_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"payment_number" text NOT NULL,
	"connection_id" text NOT NULL,
	"document_id" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"unapplied_minor" bigint NOT NULL,
	"booked_on" date NOT NULL,
	"customer_number" text,
	"is_reversal" boolean DEFAULT false NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pick" (
	"pick_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"pick_number" text NOT NULL,
	"order_id" text NOT NULL,
	"warehouse" text NOT NULL,
	"status" text NOT NULL,
	"lines" jsonb NOT NULL,
	"requested_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shipment" (
	"shipment_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"shipment_number" text NOT NULL,
	"order_id" text NOT NULL,
	"document_id" text NOT NULL,
	"shipped_at" timestamp with time zone NOT NULL,
	"carrier" text,
	"tracking_number" text,
	"delivered_at" timestamp with time zone,
	"is_invoiced" boolean DEFAULT false NOT NULL,
	"lines" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transaction_attempt" (
	"tenant_id" text NOT NULL,
	"transaction_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL,
	"outcome" text NOT NULL,
	"code" text,
	"message" text,
	CONSTRAINT "transaction_attempt_tenant_id_transaction_id_attempt_pk" PRIMARY KEY("tenant_id","transaction_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "transaction" (
	"transaction_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"operation" text NOT NULL,
	"order_id" text,
	"document_id" text NOT NULL,
	"natural_key" text NOT NULL,
	"ordering_key" text NOT NULL,
	"key_seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "transaction_key_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"idempotency_key" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"replays" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"error_class" text,
	"error_code" text,
	"error_message" text,
	"fingerprint" text,
	"external_id" text,
	"rendered" text,
	"response" text,
	"amount_minor" bigint,
	"trace_parent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connection_health" (
	"connection_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"circuit" text DEFAULT 'closed' NOT NULL,
	"consecutive_failures" integer DEFAULT 0 NOT NULL,
	"window_started_at" timestamp with time zone,
	"window_calls" integer DEFAULT 0 NOT NULL,
	"window_failures" integer DEFAULT 0 NOT NULL,
	"opened_at" timestamp with time zone,
	"probe_at" timestamp with time zone,
	"last_succeeded_at" timestamp with time zone,
	"last_failed_at" timestamp with time zone,
	"last_error" text,
	"blocked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "connection" (
	"connection_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"partner_id" text,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"secrets" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credential" (
	"credential_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"connection_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"tenant_id" text NOT NULL,
	"principal" text NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" integer,
	"response" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_tenant_id_principal_route_key_pk" PRIMARY KEY("tenant_id","principal","route","key")
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"notice_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"kind" text NOT NULL,
	"cause" text NOT NULL,
	"severity" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	"resolved_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "number_series" (
	"tenant_id" text NOT NULL,
	"series" text NOT NULL,
	"last_number" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "number_series_tenant_id_series_pk" PRIMARY KEY("tenant_id","series")
);
--> statement-breakpoint
CREATE TABLE "sla_clock" (
	"tenant_id" text NOT NULL,
	"subject" text NOT NULL,
	"target" text NOT NULL,
	"order_id" text,
	"started_at" timestamp with time zone NOT NULL,
	"warn_at" timestamp with time zone NOT NULL,
	"breach_at" timestamp with time zone NOT NULL,
	"stopped_at" timestamp with time zone,
	"warned_at" timestamp with time zone,
	"breached_at" timestamp with time zone,
	CONSTRAINT "sla_clock_tenant_id_subject_target_pk" PRIMARY KEY("tenant_id","subject","target")
);
--> statement-breakpoint
CREATE TABLE "tenant" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"currency" text DEFAULT 'USD' NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "document_by_stream" ON "document" USING btree ("tenant_id","stream_key","order_seq");--> statement-breakpoint
CREATE INDEX "document_by_order" ON "document" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE INDEX "document_by_receipt" ON "document" USING btree ("tenant_id","receipt_id");--> statement-breakpoint
CREATE INDEX "document_waiting" ON "document" USING btree ("tenant_id","waits_for") WHERE status = 'parked';--> statement-breakpoint
CREATE INDEX "document_pending" ON "document" USING btree ("tenant_id","created_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "quarantine_open" ON "quarantine" USING btree ("tenant_id","status","created_at");--> statement-breakpoint
CREATE INDEX "quarantine_by_receipt" ON "quarantine" USING btree ("tenant_id","receipt_id");--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_by_transport" ON "receipt" USING btree ("connection_id","transport_id") WHERE conflicts_with is null;--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_by_business_key" ON "receipt" USING btree ("connection_id","business_key") WHERE business_key is not null and conflicts_with is null;--> statement-breakpoint
CREATE INDEX "receipt_by_tenant" ON "receipt" USING btree ("tenant_id","received_seq");--> statement-breakpoint
CREATE INDEX "receipt_unread" ON "receipt" USING btree ("tenant_id","received_at") WHERE status = 'accepted';--> statement-breakpoint
CREATE INDEX "agreement_by_customer" ON "agreement" USING btree ("tenant_id","customer_number");--> statement-breakpoint
CREATE INDEX "customer_key_by_customer" ON "customer_key" USING btree ("tenant_id","customer_number");--> statement-breakpoint
CREATE INDEX "item_key_by_sku" ON "item_key" USING btree ("tenant_id","sku");--> statement-breakpoint
CREATE INDEX "price_by_sku" ON "price" USING btree ("tenant_id","sku");--> statement-breakpoint
CREATE INDEX "product_by_class" ON "product" USING btree ("tenant_id","product_class","sku");--> statement-breakpoint
CREATE UNIQUE INDEX "event_by_order" ON "event" USING btree ("tenant_id","order_id","order_event_no");--> statement-breakpoint
CREATE INDEX "event_by_tenant" ON "event" USING btree ("tenant_id","event_id");--> statement-breakpoint
CREATE INDEX "event_by_kind" ON "event" USING btree ("tenant_id","kind","at");--> statement-breakpoint
CREATE INDEX "hold_by_order" ON "hold" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE INDEX "hold_active" ON "hold" USING btree ("tenant_id","type","expires_at") WHERE released_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_by_number" ON "invoice" USING btree ("tenant_id","invoice_number");--> statement-breakpoint
CREATE INDEX "invoice_by_order" ON "invoice" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE INDEX "invoice_by_customer" ON "invoice" USING btree ("tenant_id","customer_number","status");--> statement-breakpoint
CREATE INDEX "invoice_by_date" ON "invoice" USING btree ("tenant_id","invoiced_on","invoice_id");--> statement-breakpoint
CREATE INDEX "order_line_by_sku" ON "order_line" USING btree ("tenant_id","sku");--> statement-breakpoint
CREATE UNIQUE INDEX "orders_by_number" ON "orders" USING btree ("tenant_id","order_number");--> statement-breakpoint
CREATE INDEX "orders_by_stream" ON "orders" USING btree ("tenant_id","stream_key");--> statement-breakpoint
CREATE INDEX "orders_by_stage" ON "orders" USING btree ("tenant_id","stage","received_at");--> statement-breakpoint
CREATE INDEX "orders_by_received" ON "orders" USING btree ("tenant_id","received_at","order_id");--> statement-breakpoint
CREATE INDEX "orders_by_po" ON "orders" USING btree ("tenant_id","po_normalised");--> statement-breakpoint
CREATE INDEX "orders_by_customer" ON "orders" USING btree ("tenant_id","customer_number","received_at");--> statement-breakpoint
CREATE INDEX "payment_application_by_invoice" ON "payment_application" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_by_number" ON "payment" USING btree ("tenant_id","connection_id","payment_number");--> statement-breakpoint
CREATE INDEX "payment_by_date" ON "payment" USING btree ("tenant_id","booked_on","payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "pick_by_number" ON "pick" USING btree ("tenant_id","pick_number");--> statement-breakpoint
CREATE INDEX "pick_by_order" ON "pick" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "shipment_by_number" ON "shipment" USING btree ("tenant_id","shipment_number");--> statement-breakpoint
CREATE INDEX "shipment_by_order" ON "shipment" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "transaction_by_idempotency" ON "transaction" USING btree ("tenant_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "transaction_by_key" ON "transaction" USING btree ("tenant_id","connection_id","ordering_key","key_seq");--> statement-breakpoint
CREATE INDEX "transaction_by_order" ON "transaction" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE INDEX "transaction_by_status" ON "transaction" USING btree ("tenant_id","status","created_at");--> statement-breakpoint
CREATE INDEX "transaction_open" ON "transaction" USING btree ("tenant_id","connection_id","due_at") WHERE status in ('waiting', 'sending', 'in-doubt');--> statement-breakpoint
CREATE INDEX "transaction_by_fingerprint" ON "transaction" USING btree ("tenant_id","fingerprint") WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX "connection_by_tenant" ON "connection" USING btree ("tenant_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "credential_by_hash" ON "credential" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "credential_by_tenant" ON "credential" USING btree ("tenant_id");--> statement-breakpoint
CREATE INDEX "notice_by_cause" ON "notice" USING btree ("tenant_id","cause","status");--> statement-breakpoint
CREATE UNIQUE INDEX "notice_open" ON "notice" USING btree ("tenant_id","cause") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "sla_clock_running" ON "sla_clock" USING btree ("tenant_id","stopped_at","warn_at");