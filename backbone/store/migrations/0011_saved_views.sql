CREATE TABLE "first_view" (
	"tenant_id" text NOT NULL,
	"user_id" text NOT NULL,
	"screen" text NOT NULL,
	"view_id" text NOT NULL,
	CONSTRAINT "first_view_tenant_id_user_id_screen_pk" PRIMARY KEY("tenant_id","user_id","screen")
);
--> statement-breakpoint
CREATE TABLE "saved_view" (
	"tenant_id" text NOT NULL,
	"view_id" text NOT NULL,
	"screen" text NOT NULL,
	"owner_user_id" text NOT NULL,
	"name" text NOT NULL,
	"filters" jsonb NOT NULL,
	"is_shared" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "saved_view_tenant_id_view_id_pk" PRIMARY KEY("tenant_id","view_id")
);
--> statement-breakpoint
DROP INDEX "orders_by_received";--> statement-breakpoint
DROP INDEX "invoice_by_number";--> statement-breakpoint
DROP INDEX "order_line_by_sku";--> statement-breakpoint
DROP INDEX "orders_by_number";--> statement-breakpoint
DROP INDEX "orders_by_po";--> statement-breakpoint
DROP INDEX "pick_by_number";--> statement-breakpoint
DROP INDEX "shipment_by_number";--> statement-breakpoint
CREATE UNIQUE INDEX "saved_view_by_name" ON "saved_view" USING btree ("tenant_id","owner_user_id","screen",lower(name));--> statement-breakpoint
CREATE INDEX "saved_view_shared" ON "saved_view" USING btree ("tenant_id","screen") WHERE is_shared;--> statement-breakpoint
CREATE INDEX "orders_listed" ON "orders" USING btree ("tenant_id","received_at","order_id","stage","requested_on","total_minor","customer_number","connection_id","currency","is_test","po_normalised","order_number");--> statement-breakpoint
CREATE INDEX "shipment_by_tracking" ON "shipment" USING btree ("tenant_id","tracking_number" text_pattern_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_by_number" ON "invoice" USING btree ("tenant_id","invoice_number" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "order_line_by_sku" ON "order_line" USING btree ("tenant_id","sku" text_pattern_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "orders_by_number" ON "orders" USING btree ("tenant_id","order_number" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "orders_by_po" ON "orders" USING btree ("tenant_id","po_normalised" text_pattern_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "pick_by_number" ON "pick" USING btree ("tenant_id","pick_number" text_pattern_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "shipment_by_number" ON "shipment" USING btree ("tenant_id","shipment_number" text_pattern_ops);