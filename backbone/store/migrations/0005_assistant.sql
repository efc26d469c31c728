CREATE TABLE "agent_run" (
	"tenant_id" text NOT NULL,
	"run_id" text NOT NULL,
	"agent" text NOT NULL,
	"agent_version" text NOT NULL,
	"trigger" text NOT NULL,
	"subject_kind" text,
	"subject_id" text,
	"thread_id" text,
	"requested_by" jsonb NOT NULL,
	"input" text,
	"wake_key" text,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"mode" text,
	"note" text,
	"tool_calls" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"proposal_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"model_calls" integer DEFAULT 0 NOT NULL,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"cost_micros" bigint DEFAULT 0 NOT NULL,
	"outcome" text,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"alive_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "agent_run_tenant_id_run_id_pk" PRIMARY KEY("tenant_id","run_id")
);
--> statement-breakpoint
CREATE TABLE "agent_setting" (
	"tenant_id" text NOT NULL,
	"agent" text NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"runs_on_events" boolean DEFAULT true NOT NULL,
	"daily_at" text,
	"changed_by" text NOT NULL,
	"reason" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_setting_tenant_id_agent_pk" PRIMARY KEY("tenant_id","agent")
);
--> statement-breakpoint
CREATE TABLE "chat_message" (
	"tenant_id" text NOT NULL,
	"thread_id" text NOT NULL,
	"place" integer NOT NULL,
	"message_id" text NOT NULL,
	"author" text NOT NULL,
	"text" text NOT NULL,
	"events" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"status" text NOT NULL,
	"run_id" text,
	"is_stop_asked" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"alive_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_message_tenant_id_thread_id_place_pk" PRIMARY KEY("tenant_id","thread_id","place")
);
--> statement-breakpoint
CREATE TABLE "chat_thread" (
	"tenant_id" text NOT NULL,
	"thread_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"title" text NOT NULL,
	"message_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "chat_thread_tenant_id_thread_id_pk" PRIMARY KEY("tenant_id","thread_id")
);
--> statement-breakpoint
CREATE TABLE "model_spend" (
	"tenant_id" text NOT NULL,
	"spent_on" date NOT NULL,
	"calls" integer DEFAULT 0 NOT NULL,
	"tokens" bigint DEFAULT 0 NOT NULL,
	"cost_micros" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "model_spend_tenant_id_spent_on_pk" PRIMARY KEY("tenant_id","spent_on")
);
--> statement-breakpoint
CREATE INDEX "agent_run_by_agent" ON "agent_run" USING btree ("tenant_id","agent","run_id");--> statement-breakpoint
CREATE INDEX "agent_run_by_age" ON "agent_run" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "agent_run_unfinished" ON "agent_run" USING btree ("tenant_id","status","alive_at");--> statement-breakpoint
CREATE UNIQUE INDEX "agent_run_wake" ON "agent_run" USING btree ("tenant_id","agent","wake_key");--> statement-breakpoint
CREATE INDEX "chat_message_unfinished" ON "chat_message" USING btree ("tenant_id","status","alive_at");--> statement-breakpoint
CREATE UNIQUE INDEX "chat_message_one_answer" ON "chat_message" USING btree ("tenant_id","thread_id") WHERE status = 'answering';--> statement-breakpoint
CREATE INDEX "chat_thread_by_owner" ON "chat_thread" USING btree ("tenant_id","owner_id","changed_at");--> statement-breakpoint
CREATE INDEX "chat_thread_by_age" ON "chat_thread" USING btree ("tenant_id","changed_at");