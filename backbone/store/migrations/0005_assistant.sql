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
CREATE TABLE "agent_profile" (
	"tenant_id" text NOT NULL,
	"profile_id" text NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"settings" jsonb NOT NULL,
	"template" text,
	"last_test" jsonb,
	"is_latest" boolean DEFAULT true NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_profile_tenant_id_profile_id_version_pk" PRIMARY KEY("tenant_id","profile_id","version")
);
--> statement-breakpoint
CREATE TABLE "third_party_agent" (
	"tenant_id" text NOT NULL,
	"agent_id" text NOT NULL,
	"name" text NOT NULL,
	"owner" text NOT NULL,
	"provider" text NOT NULL,
	"version" text NOT NULL,
	"purpose" text NOT NULL,
	"tools" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"credential_id" text,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "third_party_agent_tenant_id_agent_id_pk" PRIMARY KEY("tenant_id","agent_id")
);
--> statement-breakpoint
CREATE TABLE "mail_reply" (
	"tenant_id" text NOT NULL,
	"mail_id" text PRIMARY KEY NOT NULL,
	"connection_id" text NOT NULL,
	"content_hash" text NOT NULL,
	"uid_validity" text NOT NULL,
	"uid" bigint NOT NULL,
	"kind" text NOT NULL,
	"sender" text NOT NULL,
	"subject" text NOT NULL,
	"content" text NOT NULL,
	"message_id" text,
	"tied_by" text,
	"customer_number" text,
	"reply_class" text,
	"reply_id" text,
	"outcome" text DEFAULT '' NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"taken_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mailbox_place" (
	"tenant_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"uid_validity" text NOT NULL,
	"last_uid" bigint NOT NULL,
	"read_at" timestamp with time zone NOT NULL,
	CONSTRAINT "mailbox_place_tenant_id_connection_id_pk" PRIMARY KEY("tenant_id","connection_id")
);
--> statement-breakpoint
CREATE TABLE "outreach_message" (
	"tenant_id" text NOT NULL,
	"message_id" text PRIMARY KEY NOT NULL,
	"customer_number" text NOT NULL,
	"currency" text NOT NULL,
	"level" integer NOT NULL,
	"proposal_id" text NOT NULL,
	"effect_key" text NOT NULL,
	"connection_id" text NOT NULL,
	"header_id" text NOT NULL,
	"recipient" jsonb NOT NULL,
	"language" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"invoice_numbers" jsonb NOT NULL,
	"amount_minor" bigint NOT NULL,
	"oldest_days" integer NOT NULL,
	"segment" text NOT NULL,
	"time_zone" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"status_reason" text,
	"contact_id" text,
	"actor" text NOT NULL,
	"queued_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "session" (
	"session_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"signed_in_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_link" (
	"link_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "app_user" (
	"user_id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text,
	"oidc_subject" text,
	"is_active" boolean DEFAULT true NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"time_zone" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_signed_in_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "approval_delegation" (
	"tenant_id" text NOT NULL,
	"delegation_id" text PRIMARY KEY NOT NULL,
	"from_user_id" text NOT NULL,
	"from_name" text NOT NULL,
	"from_role" text NOT NULL,
	"to_user_id" text NOT NULL,
	"to_name" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_until" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "proposal_decision" (
	"tenant_id" text NOT NULL,
	"proposal_id" text NOT NULL,
	"decision_no" integer NOT NULL,
	"decision" text NOT NULL,
	"by_kind" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text,
	"for_id" text,
	"for_name" text,
	"is_own" boolean DEFAULT false NOT NULL,
	"policy_version" text,
	"reason" text,
	"version" integer NOT NULL,
	"effect_hash" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "proposal_decision_tenant_id_proposal_id_decision_no_pk" PRIMARY KEY("tenant_id","proposal_id","decision_no"),
	CONSTRAINT "proposal_decision_taken" UNIQUE("tenant_id","proposal_id","decision_no","decision","by_kind","by_id","effect_hash")
);
--> statement-breakpoint
CREATE TABLE "proposal" (
	"tenant_id" text NOT NULL,
	"proposal_id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'requires_review' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"payload" jsonb NOT NULL,
	"effect_hash" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"subject_label" text NOT NULL,
	"order_id" text,
	"title" text NOT NULL,
	"changes" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"records" jsonb NOT NULL,
	"amount_minor" bigint,
	"currency" text,
	"policy_reasons" jsonb NOT NULL,
	"policy_version" text NOT NULL,
	"requested_by_kind" text NOT NULL,
	"requested_by_id" text NOT NULL,
	"requested_by_name" text NOT NULL,
	"agent" jsonb,
	"is_tainted" boolean DEFAULT false NOT NULL,
	"required_role" text NOT NULL,
	"needs_other_person" boolean NOT NULL,
	"edited_by_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"escalate_at" timestamp with time zone,
	"escalate_to" text,
	"escalated_at" timestamp with time zone,
	"approval_no" integer,
	"approval_word" text,
	"approved_by_kind" text,
	"approved_by_id" text,
	"approved_by_name" text,
	"decided_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone,
	"transaction_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"result" text,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "order_line" ADD COLUMN "settled" jsonb;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "shut_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "agent_run_by_agent" ON "agent_run" USING btree ("tenant_id","agent","run_id");--> statement-breakpoint
CREATE INDEX "agent_run_by_age" ON "agent_run" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "agent_run_unfinished" ON "agent_run" USING btree ("tenant_id","status","alive_at");--> statement-breakpoint
CREATE UNIQUE INDEX "agent_run_wake" ON "agent_run" USING btree ("tenant_id","agent","wake_key");--> statement-breakpoint
CREATE INDEX "chat_message_unfinished" ON "chat_message" USING btree ("tenant_id","status","alive_at");--> statement-breakpoint
CREATE UNIQUE INDEX "chat_message_one_answer" ON "chat_message" USING btree ("tenant_id","thread_id") WHERE status = 'answering';--> statement-breakpoint
CREATE INDEX "chat_thread_by_owner" ON "chat_thread" USING btree ("tenant_id","owner_id","changed_at");--> statement-breakpoint
CREATE INDEX "chat_thread_by_age" ON "chat_thread" USING btree ("tenant_id","changed_at");--> statement-breakpoint
CREATE INDEX "agent_profile_latest" ON "agent_profile" USING btree ("tenant_id","is_latest","name");--> statement-breakpoint
CREATE UNIQUE INDEX "third_party_agent_name" ON "third_party_agent" USING btree ("tenant_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "third_party_agent_key" ON "third_party_agent" USING btree ("tenant_id","credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "mail_reply_once" ON "mail_reply" USING btree ("tenant_id","connection_id","content_hash");--> statement-breakpoint
CREATE INDEX "mail_reply_by_date" ON "mail_reply" USING btree ("tenant_id","taken_at","mail_id");--> statement-breakpoint
CREATE INDEX "mail_reply_by_message" ON "mail_reply" USING btree ("tenant_id","message_id");--> statement-breakpoint
CREATE UNIQUE INDEX "outreach_message_by_effect" ON "outreach_message" USING btree ("tenant_id","effect_key");--> statement-breakpoint
CREATE UNIQUE INDEX "outreach_message_by_header" ON "outreach_message" USING btree ("tenant_id","header_id");--> statement-breakpoint
CREATE UNIQUE INDEX "outreach_message_queued" ON "outreach_message" USING btree ("tenant_id","customer_number") WHERE status = 'queued';--> statement-breakpoint
CREATE INDEX "outreach_message_by_date" ON "outreach_message" USING btree ("tenant_id","queued_at","message_id");--> statement-breakpoint
CREATE INDEX "outreach_message_by_customer" ON "outreach_message" USING btree ("tenant_id","customer_number","queued_at");--> statement-breakpoint
CREATE UNIQUE INDEX "session_by_hash" ON "session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "session_by_user" ON "session" USING btree ("tenant_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_link_by_hash" ON "sign_in_link" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sign_in_link_by_user" ON "sign_in_link" USING btree ("tenant_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "app_user_by_tenant" ON "app_user" USING btree ("tenant_id","email");--> statement-breakpoint
CREATE INDEX "app_user_by_email" ON "app_user" USING btree ("email");--> statement-breakpoint
CREATE INDEX "app_user_by_subject" ON "app_user" USING btree ("oidc_subject") WHERE oidc_subject is not null;--> statement-breakpoint
CREATE INDEX "approval_delegation_by_deputy" ON "approval_delegation" USING btree ("tenant_id","to_user_id","valid_until");--> statement-breakpoint
CREATE INDEX "approval_delegation_by_delegator" ON "approval_delegation" USING btree ("tenant_id","from_user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "proposal_pending" ON "proposal" USING btree ("tenant_id","effect_hash") WHERE status in ('requires_review', 'approved', 'executing');--> statement-breakpoint
CREATE INDEX "proposal_by_id" ON "proposal" USING btree ("tenant_id","proposal_id");--> statement-breakpoint
CREATE INDEX "proposal_by_status" ON "proposal" USING btree ("tenant_id","status","proposal_id");--> statement-breakpoint
CREATE INDEX "proposal_by_subject" ON "proposal" USING btree ("tenant_id","subject_kind","subject_id","proposal_id");--> statement-breakpoint
CREATE INDEX "proposal_by_run" ON "proposal" USING btree ("tenant_id",(agent->>'runId'));--> statement-breakpoint
CREATE INDEX "proposal_in_review_by_requester" ON "proposal" USING btree ("tenant_id","requested_by_id") WHERE status = 'requires_review';--> statement-breakpoint
CREATE INDEX "proposal_undone" ON "proposal" USING btree ("tenant_id","expires_at") WHERE status in ('requires_review', 'approved', 'executing');