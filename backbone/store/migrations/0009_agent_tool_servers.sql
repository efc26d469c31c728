CREATE TABLE "tool_server" (
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"sealed_secret" text,
	"tools" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"may_write" boolean DEFAULT false NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tool_server_tenant_id_name_pk" PRIMARY KEY("tenant_id","name")
);
