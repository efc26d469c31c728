CREATE INDEX "receipt_by_received" ON "receipt" USING btree ("tenant_id","received_at","receipt_id");--> statement-breakpoint
CREATE INDEX "receipt_set_aside" ON "receipt" USING btree ("tenant_id","received_at","receipt_id") WHERE status not in ('accepted', 'read');--> statement-breakpoint
CREATE INDEX "transaction_by_created" ON "transaction" USING btree ("tenant_id","created_at","transaction_id");--> statement-breakpoint
CREATE INDEX "sla_clock_by_start" ON "sla_clock" USING brin ("started_at");